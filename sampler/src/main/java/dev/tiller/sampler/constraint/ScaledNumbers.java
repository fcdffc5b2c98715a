package dev.tiller.sampler.constraint;

import java.util.Arrays;

/**
 * Non-negative numbers m 2^e with a float64 m and an int64 e: sums of products of probabilities
 * that neither underflow nor need logarithms. Each operation is exactly rounded, so all platforms
 * agree.
 */
final class ScaledNumbers {
    private static final double LOG_2 = StrictMath.log(2);

    /** The exponent of 0: below all others, also in sums of a few. */
    private static final long LEAST = Long.MIN_VALUE / 8;

    final double[] mantissa;
    final long[] exponent;

    /** Makes some zeros. */
    ScaledNumbers(int count) {
        mantissa = new double[count];
        exponent = new long[count];
        Arrays.fill(exponent, LEAST);
    }

    /** Sets one to exp(log). */
    void setExp(int i, double log) {
        if (log == Double.NEGATIVE_INFINITY) {
            mantissa[i] = 0;
            exponent[i] = LEAST;
            return;
        }
        exponent[i] = (long) Math.floor(log / LOG_2);
        mantissa[i] = StrictMath.exp(log - exponent[i] * LOG_2);
    }

    /** Adds m 2^e to one. */
    void add(int i, double m, long e) {
        if (m == 0) {
            return;
        }
        if (mantissa[i] == 0) {
            mantissa[i] = m;
            exponent[i] = e;
        } else if (e <= exponent[i]) {
            mantissa[i] += m * power(e - exponent[i]);
        } else {
            mantissa[i] = mantissa[i] * power(exponent[i] - e) + m;
            exponent[i] = e;
        }
    }

    /** Sets one to m 2^e, or to 0 if m is 0, with a mantissa in [1, 2). */
    void set(int i, double m, long e) {
        int excess = m == 0 ? 0 : Math.getExponent(m);
        mantissa[i] = m * power(-excess);
        exponent[i] = m == 0 ? LEAST : e + excess;
    }

    /** Brings a mantissa into [1, 2), so that products of them stay small. */
    void normalise(int i) {
        set(i, mantissa[i], exponent[i]);
    }

    /** Returns the natural log of one. */
    double log(int i) {
        return mantissa[i] == 0
                ? Double.NEGATIVE_INFINITY
                : StrictMath.log(mantissa[i]) + exponent[i] * LOG_2;
    }

    /** Returns 2 to the power of a negative number, or of a small one. */
    static double power(long exponent) {
        return exponent < Double.MIN_EXPONENT
                ? 0
                : Double.longBitsToDouble((exponent + Double.MAX_EXPONENT) << 52);
    }
}
