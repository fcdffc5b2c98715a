package dev.tiller.finetune.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import dev.tiller.sampler.numerics.Gradients;

/**
 * The linex loss (Varian 1975), also known as Gumbel regression ("Extreme Q-learning", Garg et al.
 * 2023, arXiv 2301.02328, equation 9): exp(u) - u - 1 with u = (r - v) / tau. The prediction v of
 * least mean loss is the soft value tau log E[exp(r / tau)], without an exponential of rewards in
 * the target.
 *
 * <p>The loss is scaled by 2 tau^2 / deviation^2, so that it tends to least squares as tau grows
 * and the same learning rates do for both.
 *
 * <p>Above u = {@value #LINEAR_FROM} the exponential goes on along its tangent, so that it does not
 * overflow. The minimiser is still the soft value wherever the labels there have u below that: as v
 * is at least r + tau log P(r), that is so if no label is rarer than exp(-{@value #LINEAR_FROM}).
 *
 * @param temperature tau, above 0, in the unit of the labels
 */
public record Linex(double temperature) implements RegressionLoss {
    /** Where the tangent of the exponential begins. */
    static final double LINEAR_FROM = 10;

    public Linex {
        if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "temperature must be above 0 and finite, got " + temperature);
        }
    }

    private double scale(double deviation) {
        double ratio = temperature / deviation;
        return 2 * ratio * ratio;
    }

    @Override
    public NDArray mean(NDArray errors, double deviation) {
        NDArray u = Gradients.times(errors, -deviation / temperature);
        NDArray above = Activation.relu(u.sub(LINEAR_FROM));
        NDArray exponential = u.sub(above).exp().mul(above.add(1));
        return Gradients.times(exponential.sub(u).sub(1).mean(), scale(deviation));
    }

    @Override
    public double of(double error, double deviation) {
        double u = -error * deviation / temperature;
        double above = Math.max(0, u - LINEAR_FROM);
        // expm1: without cancellation where u is small
        double exponential = StrictMath.expm1(u - above);
        return scale(deviation) * (exponential + (exponential + 1) * above - u);
    }

    @Override
    public String metric() {
        return "linex";
    }
}
