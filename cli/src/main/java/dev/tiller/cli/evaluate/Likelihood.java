package dev.tiller.cli.evaluate;

import dev.tiller.cli.run.Quantiles;
import java.util.List;

/**
 * Median of the approximate log-likelihood of a set under a pretrained model, in nats per design:
 * the evidence lower bound of masked diffusion (Sahoo et al. 2024, arXiv 2406.07524, equation 7),
 * as DRAKES (Wang et al. 2024, arXiv 2410.13643, section 6.1) reports it.
 *
 * <p>The noise of a design depends on the seed and on its place in the set alone.
 */
public final class Likelihood implements Measure {
    private final SequenceModel model;
    private final Options options;

    /**
     * How the bound is estimated.
     *
     * @param steps T of the sum over times
     * @param draws noisy states drawn at each time
     * @param seed seed of the noise
     */
    public record Options(int steps, int draws, long seed) {
        /** Checks the numbers. */
        public Options {
            if (steps < 1) {
                throw new IllegalArgumentException(
                        "--likelihood-steps must be at least 1, got " + steps);
            }
            if (draws < 1) {
                throw new IllegalArgumentException(
                        "--likelihood-draws must be at least 1, got " + draws);
            }
        }
    }

    /**
     * Creates the measure.
     *
     * @param model the pretrained model; closed by the caller
     * @param options how the bound is estimated
     */
    public Likelihood(SequenceModel model, Options options) {
        this.model = model;
        this.options = options;
    }

    @Override
    public List<Column> columns() {
        return List.of(new Column("log_likelihood_median", "log p median", 1));
    }

    @Override
    public void require(DesignSet set) {
        model.requireFit(set);
    }

    @Override
    public double[] of(DesignSet set) {
        double[] bounds = model.logLikelihoods(set.designs(), options);
        return new double[] {Quantiles.of(bounds, 0.5)};
    }
}
