package dev.tiller.cli.compare;

import dev.tiller.cli.run.Quantiles;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * Percentile bootstrap (Efron 1979): the interval between the 2.5 % and the 97.5 % quantile of a
 * statistic over resamples of the data.
 */
final class Bootstrap {
    private static final int RESAMPLES = 1000;

    /**
     * An interval.
     *
     * @param low its lower end
     * @param high its upper end
     */
    record Interval(double low, double high) {}

    private final Randomness noise;

    Bootstrap(Randomness noise) {
        this.noise = noise;
    }

    /**
     * Returns the 95 % interval of a statistic.
     *
     * @param values at least one number
     * @param statistic a function of the numbers, in any order
     */
    Interval interval(double[] values, ToDoubleFunction<double[]> statistic) {
        double[] statistics = new double[RESAMPLES];
        double[] uniforms = new double[values.length];
        double[] resample = new double[values.length];
        for (int round = 0; round < RESAMPLES; round++) {
            noise.fill(round, 0, Purpose.RESAMPLING, 0, uniforms);
            Arrays.setAll(resample, i -> values[(int) (uniforms[i] * values.length)]);
            statistics[round] = statistic.applyAsDouble(resample);
        }
        return new Interval(Quantiles.of(statistics, 0.025), Quantiles.of(statistics, 0.975));
    }
}
