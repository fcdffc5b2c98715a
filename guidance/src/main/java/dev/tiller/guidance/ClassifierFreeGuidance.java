package dev.tiller.guidance;

import ai.djl.ndarray.NDArray;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.numerics.Scope;

/**
 * Classifier-free guidance for discrete diffusion: log p = (1 + w) log p(x0 | xt, class) - w log
 * p(x0 | xt), position by position (Nisonoff et al. 2024, arXiv 2406.01572; Schiff et al. 2024,
 * arXiv 2412.10193).
 *
 * <p>Two network calls per evaluation. Normalised, it is a denoiser like any other. The published
 * DRAKES code leaves the result unnormalised, which also changes how fast tokens are revealed; that
 * form is kept to compare with it.
 */
public final class ClassifierFreeGuidance implements Denoiser {
    private final Denoiser conditional;
    private final Denoiser unconditional;
    private final double weight;
    private final boolean normalised;

    /**
     * Creates the guided denoiser.
     *
     * @param conditional the denoiser of the wanted class
     * @param unconditional the denoiser without a class
     * @param weight w; 0 is the conditional model, larger is stronger
     * @param normalised whether the result is normalised over the clean tokens
     */
    public ClassifierFreeGuidance(
            Denoiser conditional, Denoiser unconditional, double weight, boolean normalised) {
        if (!Double.isFinite(weight)) {
            throw new IllegalArgumentException("weight must be finite, got " + weight);
        }
        if (conditional.cleanTokens() != unconditional.cleanTokens()) {
            throw new IllegalArgumentException(
                    "both denoisers must have the same alphabet, got "
                            + conditional.cleanTokens()
                            + " and "
                            + unconditional.cleanTokens()
                            + " clean tokens");
        }
        this.conditional = conditional;
        this.unconditional = unconditional;
        this.weight = weight;
        this.normalised = normalised;
    }

    @Override
    public NDArray logPosterior(NDArray xt, double[] t) {
        try (Scope scope = Scope.of(xt)) {
            NDArray tokens = scope.borrow(xt);
            NDArray with = conditional.logPosterior(tokens, t);
            NDArray without = unconditional.logPosterior(tokens, t);
            NDArray guided = with.mul(1 + weight).sub(without.mul(weight));
            return scope.give(normalised ? guided.logSoftmax(-1) : guided);
        }
    }

    @Override
    public Denoiser given(int[] conditions) {
        return new ClassifierFreeGuidance(
                conditional.given(conditions), unconditional.given(conditions), weight, normalised);
    }

    @Override
    public boolean dependsOnTime() {
        return conditional.dependsOnTime() || unconditional.dependsOnTime();
    }

    @Override
    public int cleanTokens() {
        return conditional.cleanTokens();
    }
}
