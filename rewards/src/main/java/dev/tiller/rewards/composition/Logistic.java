package dev.tiller.rewards.composition;

/** The logistic function to base ten, s(z) = 1 / (1 + 10^-z), and the checks of its users. */
final class Logistic {
    private static final double LN10 = StrictMath.log(10);

    private Logistic() {}

    /** Is 0 and 1 at the infinities. */
    static double of(double z) {
        return 1 / (1 + StrictMath.pow(10, -z));
    }

    /** s'(z) = ln 10 s(z) s(-z), which keeps its precision in both tails. */
    static double derivative(double z) {
        return LN10 * of(z) * of(-z);
    }

    static void requireRange(String type, double low, double high) {
        if (!(low < high) || !Double.isFinite(high - low)) {
            throw new IllegalArgumentException(
                    type + " must have low < high, got low " + low + " and high " + high);
        }
    }

    static void requirePositive(String type, String parameter, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(
                    type + " must have a positive " + parameter + ", got " + value);
        }
    }
}
