package dev.tiller.cli.evaluate;

/**
 * A number over the seeds of a method.
 *
 * @param mean the mean; NaN if the number of a seed is not defined
 * @param deviation the standard deviation, with the divisor n - 1; NaN with one seed
 */
record SeedSpread(double mean, double deviation) {
    static SeedSpread of(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        double mean = sum / values.length;
        double square = 0;
        for (double value : values) {
            square += (value - mean) * (value - mean);
        }
        return new SeedSpread(mean, Math.sqrt(square / (values.length - 1)));
    }
}
