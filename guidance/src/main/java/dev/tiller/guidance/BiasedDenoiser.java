package dev.tiller.guidance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.DifferentiableDenoiser;
import dev.tiller.sampler.masked.Subs;
import dev.tiller.sampler.numerics.Scope;
import dev.tiller.sampler.numerics.Tensors;
import java.util.List;
import java.util.Optional;

/**
 * A denoiser whose letters are drawn at a temperature, with a bias for each letter and position,
 * and without excluded letters: log p'(k) = log softmax((log p(k) + bias(k)) / temperature), as
 * ProteinMPNN samples (Dauparas et al. 2022).
 */
public final class BiasedDenoiser implements Denoiser {
    private final Denoiser denoiser;
    private final double temperature;
    private final List<float[]> biases;
    private final int[] conditions;

    /**
     * Creates the denoiser.
     *
     * @param denoiser p(x0 | xt, condition)
     * @param temperature positive; 1 is the model as it was trained, lower is more certain
     * @param biases for each condition, or one for all, a row-major [L, K] table in nats, negative
     *     infinity for an excluded letter; L may be less than that of the states, whose other
     *     positions are biased by nothing; an empty list is no bias
     * @throws IllegalArgumentException if the temperature is not positive, or a position excludes
     *     all letters
     */
    public BiasedDenoiser(Denoiser denoiser, double temperature, List<float[]> biases) {
        this(denoiser, temperature, biases, new int[0]);
        if (!(temperature > 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("temperature must be positive, got " + temperature);
        }
        biases.forEach(table -> requireChoice(table, denoiser.cleanTokens()));
    }

    private BiasedDenoiser(
            Denoiser denoiser, double temperature, List<float[]> biases, int[] conditions) {
        this.denoiser = denoiser;
        this.temperature = temperature;
        this.biases = List.copyOf(biases);
        this.conditions = conditions;
    }

    private static void requireChoice(float[] table, int letters) {
        for (int start = 0; start < table.length; start += letters) {
            boolean choice = false;
            for (int k = start; k < start + letters; k++) {
                if (Float.isNaN(table[k]) || table[k] == Float.POSITIVE_INFINITY) {
                    throw new IllegalArgumentException(
                            "a bias must be finite, or negative infinity to exclude, got "
                                    + table[k]);
                }
                choice |= table[k] != Float.NEGATIVE_INFINITY;
            }
            if (!choice) {
                throw new IllegalArgumentException(
                        "a position must be left a letter, got none at position "
                                + (start / letters + 1));
            }
        }
    }

    @Override
    public Denoiser given(int[] conditions) {
        return new BiasedDenoiser(denoiser.given(conditions), temperature, biases, conditions);
    }

    @Override
    public NDArray logPosterior(NDArray xt, double[] t) {
        try (Scope scope = Scope.of(xt)) {
            NDArray log = denoiser.logPosterior(scope.borrow(xt), t);
            return scope.give(biased(log, tables(log, scope)));
        }
    }

    private NDArray biased(NDArray log, NDArray tables) {
        NDArray sum = tables == null ? log : log.add(tables);
        return Tensors.scale(sum, 1 / temperature).logSoftmax(-1);
    }

    /** The bias of each row, float32 [B, L, K]; null for none. */
    private NDArray tables(NDArray log, Scope scope) {
        if (biases.isEmpty()) {
            return null;
        }
        Shape shape = log.getShape();
        int rows = (int) shape.get(0);
        int width = (int) (shape.get(1) * shape.get(2));
        // an excluded letter is left this much after the division by the temperature
        float excluded = (float) (Subs.LOG_ZERO * temperature);
        boolean same = biases.size() == 1 || conditions.length == 0;
        float[] all = new float[rows * width];
        for (int row = 0; row < rows; row++) {
            float[] table = biases.get(same ? 0 : conditions[row]);
            for (int i = 0; i < Math.min(width, table.length); i++) {
                all[row * width + i] = table[i] == Float.NEGATIVE_INFINITY ? excluded : table[i];
            }
        }
        return Tensors.create(scope.manager(), all, shape);
    }

    @Override
    public boolean dependsOnTime() {
        return denoiser.dependsOnTime();
    }

    @Override
    public int cleanTokens() {
        return denoiser.cleanTokens();
    }

    @Override
    public Optional<DifferentiableDenoiser> differentiable() {
        return denoiser.differentiable().map(Differentiable::new);
    }

    /** The chain rule through temperature, bias and normalisation. */
    private final class Differentiable implements DifferentiableDenoiser {
        private final DifferentiableDenoiser inner;

        Differentiable(DifferentiableDenoiser inner) {
            this.inner = inner;
        }

        @Override
        public NDArray vectorJacobian(NDArray relaxed, double[] t, NDArray cotangent) {
            try (Scope scope = Scope.of(relaxed)) {
                NDArray x = scope.borrow(relaxed);
                NDArray log = inner.logPosterior(x, t);
                NDArray probability = biased(log, tables(log, scope)).exp();
                NDArray given = scope.borrow(cotangent);
                NDArray mean = given.sum(new int[] {2}, true);
                NDArray back = Tensors.scale(given.sub(probability.mul(mean)), 1 / temperature);
                return scope.give(inner.vectorJacobian(x, t, back));
            }
        }

        @Override
        public NDArray logPosterior(NDArray xt, double[] t) {
            return BiasedDenoiser.this.logPosterior(xt, t);
        }

        @Override
        public DifferentiableDenoiser given(int[] conditions) {
            return new BiasedDenoiser(
                            inner.given(conditions), temperature, biases, conditions.clone())
                    .differentiable()
                    .orElseThrow();
        }

        @Override
        public boolean dependsOnTime() {
            return inner.dependsOnTime();
        }

        @Override
        public int cleanTokens() {
            return inner.cleanTokens();
        }
    }
}
