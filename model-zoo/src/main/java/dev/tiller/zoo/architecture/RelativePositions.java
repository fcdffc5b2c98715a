package dev.tiller.zoo.architecture;

/**
 * The features of relative positions of Enformer (Avsec et al. 2021, supplement): of the distance d
 * between two of n positions, a third each exponentials, indicators of a neighbourhood and gamma
 * densities of |d|, then the same again times the sign of d.
 */
final class RelativePositions {
    /** Numbers of features are multiples of this. */
    static final int KINDS = 6;

    private static final float FLOOR = 1e-8f;
    private static final double SHORTEST_HALF_LIFE = 3;
    // Stirling's series is exact to 1e-12 from here on
    private static final double STIRLING = 10;

    private RelativePositions() {}

    /** Features of d = -(n - 1) to n - 1, [2 n - 1, features]. */
    static float[] features(int n, int features) {
        int each = features / KINDS;
        float[] all = new float[(2 * n - 1) * features];
        for (int row = 0; row < 2 * n - 1; row++) {
            int distance = row - n + 1;
            int start = row * features;
            exponentials(n, each, distance, all, start);
            neighbourhoods(each, distance, all, start + each);
            gammas(n, each, distance, all, start + 2 * each);
            for (int i = 0; i < features / 2; i++) {
                all[start + features / 2 + i] = Integer.signum(distance) * all[start + i];
            }
        }
        return all;
    }

    /** Half-lives from 8 to n, evenly spaced on a log scale. */
    private static void exponentials(int n, int count, int distance, float[] out, int start) {
        double longest = StrictMath.log(n) / StrictMath.log(2);
        for (int i = 0; i < count; i++) {
            double halfLife = StrictMath.pow(2, between(SHORTEST_HALF_LIFE, longest, i, count));
            out[start + i] =
                    (float) StrictMath.exp(-StrictMath.log(2) / halfLife * Math.abs(distance));
        }
    }

    /** Whether |d| is below 2^i - 1, for i from 1. */
    private static void neighbourhoods(int count, int distance, float[] out, int start) {
        for (int i = 0; i < count; i++) {
            out[start + i] = StrictMath.pow(2, i + 1) - 1 > Math.abs(distance) ? 1 : 0;
        }
    }

    /**
     * Gamma densities with means up to n, divided by the largest of them. The logarithms are formed
     * in float32, as the published weights saw them: they cancel, so that float64 would give
     * visibly other densities.
     */
    private static void gammas(int n, int count, int distance, float[] out, int start) {
        float x = Math.abs(distance);
        float deviation = (float) (n / (2.0 * count));
        float largest = 0;
        for (int i = 0; i < count; i++) {
            float mean = (float) between((double) n / count, n, i, count);
            float ratio = mean / deviation;
            float shape = ratio * ratio;
            float rate = mean / (deviation * deviation);
            // where x is 0 the density is 0, as every shape is above 1
            float density = x == 0 ? 0 : (float) StrictMath.exp(logGamma(x, shape, rate));
            out[start + i] = density + FLOOR;
            largest = Math.max(largest, out[start + i]);
        }
        for (int i = 0; i < count; i++) {
            out[start + i] /= largest;
        }
    }

    private static float logGamma(float x, float shape, float rate) {
        float unnormalised = (shape - 1) * (float) StrictMath.log(x) - rate * x;
        float normaliser = (float) logGamma(shape) - shape * (float) StrictMath.log(rate);
        return unnormalised - normaliser;
    }

    /** The logarithm of the gamma function, for positive z. */
    static double logGamma(double z) {
        double product = 1;
        double x = z;
        for (; x < STIRLING; x++) {
            product *= x;
        }
        double square = x * x;
        double series =
                (1 / 12.0 - (1 / 360.0 - (1 / 1260.0 - 1 / 1680.0 / square) / square) / square) / x;
        double stirling =
                (x - 0.5) * StrictMath.log(x) - x + 0.5 * StrictMath.log(2 * Math.PI) + series;
        return stirling - StrictMath.log(product);
    }

    /** The i-th of {@code count} evenly spaced numbers. */
    private static double between(double first, double last, int i, int count) {
        return count == 1 ? first : first + (last - first) * i / (count - 1);
    }
}
