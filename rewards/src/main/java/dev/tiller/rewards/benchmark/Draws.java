package dev.tiller.rewards.benchmark;

import java.util.SplittableRandom;

/**
 * Random draws that are fixed by a seed on every platform: only the 64 bits of SplitMix64 (Steele
 * et al. 2014) are taken from the library. Not safe for concurrent use.
 */
final class Draws {
    private static final double TWO_TO_MINUS_53 = 0x1p-53;

    private final SplittableRandom bits;

    Draws(long seed) {
        this.bits = new SplittableRandom(seed);
    }

    /** Returns a number in [0, 1), a multiple of 2^-53. */
    double uniform() {
        return (bits.nextLong() >>> 11) * TWO_TO_MINUS_53;
    }

    /** Returns an integer in [0, n); uniform to within n / 2^53. */
    int below(int n) {
        return (int) (uniform() * n);
    }

    /** Returns a standard Gaussian, by Box and Muller. */
    double gaussian() {
        double radius = Math.sqrt(-2 * StrictMath.log(1 - uniform()));
        return radius * StrictMath.cos(2 * Math.PI * uniform());
    }

    /** Returns an index with the given probabilities, which add up to 1 to within rounding. */
    int categorical(double[] probabilities) {
        double rest = uniform();
        int last = 0;
        for (int i = 0; i < probabilities.length; i++) {
            if (probabilities[i] > 0) {
                if (rest < probabilities[i]) {
                    return i;
                }
                rest -= probabilities[i];
                last = i;
            }
        }
        return last; // rounding left a little over
    }

    /** Returns the numbers below n in random order, by Fisher and Yates. */
    int[] permutation(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = below(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
