package dev.tiller.sampler.gaussian;

/**
 * One transition of one component: x' = state x + score g + sum over parts p of noise_p z_p, g
 * being the score at x and z_p independent standard normals.
 *
 * @param state the factor of the state
 * @param score the factor of the score
 * @param noise the standard deviation of each part of the noise, drawn in this order
 */
record Coefficients(double state, double score, double[] noise) {
    /** Returns the variance of x' in each coordinate. */
    double variance() {
        double sum = 0;
        for (double std : noise) {
            sum += std * std;
        }
        return sum;
    }

    /** Returns the transition without the last part of its noise. */
    Coefficients denoised() {
        double[] kept = noise.clone();
        kept[kept.length - 1] = 0;
        return new Coefficients(state, score, kept);
    }
}
