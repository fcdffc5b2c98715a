package dev.tiller.sampler.decoder;

import java.util.Arrays;

/**
 * How the survivors of a resampling are chosen: P ancestors from P weights, each with P w_i
 * offspring on average. After Chopin and Papaspiliopoulos, "An Introduction to Sequential Monte
 * Carlo" (2020), chapter 9.
 *
 * <p>All but {@link #RESIDUAL} are the inverse of the cumulative weights, taken at P points of the
 * unit interval; they differ in the points.
 */
public enum Resampling {
    /** P independent draws. */
    MULTINOMIAL {
        @Override
        double point(int slot, int count, double[] uniforms) {
            return uniforms[slot];
        }
    },
    /** One draw in each of P equal strata. */
    STRATIFIED {
        @Override
        double point(int slot, int count, double[] uniforms) {
            return (slot + uniforms[slot]) / count;
        }
    },
    /**
     * One draw for all: P equally spaced points. Each offspring number is P w rounded up or down.
     */
    SYSTEMATIC {
        @Override
        double point(int slot, int count, double[] uniforms) {
            return (slot + uniforms[0]) / count;
        }
    },
    /** P w rounded down for certain, and what is missing by independent draws of the remainders. */
    RESIDUAL {
        @Override
        double point(int slot, int count, double[] uniforms) {
            return uniforms[slot];
        }

        @Override
        int[] choose(double[] weights, double[] uniforms) {
            int count = weights.length;
            double total = Arrays.stream(weights).sum();
            int[] ancestors = new int[count];
            double[] remainders = new double[count];
            int certain = 0;
            for (int i = 0; i < count; i++) {
                double expected = weights[i] / total * count;
                int copies = (int) expected;
                remainders[i] = expected - copies;
                Arrays.fill(ancestors, certain, certain + copies, i);
                certain += copies;
            }
            if (certain < count) {
                int[] drawn = invert(remainders, count - certain, uniforms);
                System.arraycopy(drawn, 0, ancestors, certain, drawn.length);
            }
            return ancestors;
        }
    };

    /** Returns the point of the unit interval that gives the ancestor of a slot. */
    abstract double point(int slot, int count, double[] uniforms);

    /** Chooses from weights of any sum. */
    int[] choose(double[] weights, double[] uniforms) {
        return invert(weights, weights.length, uniforms);
    }

    /**
     * Chooses the ancestor of each slot.
     *
     * @param logWeights natural logs of P non-negative weights of any sum, at least one finite
     * @param uniforms P uniforms in (0, 1); some schemes use only the first ones
     * @return P indices into the weights
     */
    public final int[] ancestors(double[] logWeights, double[] uniforms) {
        if (uniforms.length != logWeights.length) {
            throw new IllegalArgumentException(
                    "uniforms must be one for each of the "
                            + logWeights.length
                            + " weights, got "
                            + uniforms.length);
        }
        double largest = Double.NEGATIVE_INFINITY;
        for (double logWeight : logWeights) {
            if (Double.isNaN(logWeight) || logWeight == Double.POSITIVE_INFINITY) {
                throw new IllegalArgumentException(
                        "log-weights must be finite or negative infinity, got " + logWeight);
            }
            largest = Math.max(largest, logWeight);
        }
        if (largest == Double.NEGATIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "log-weights must have a finite entry, got none among " + logWeights.length);
        }
        double[] weights = new double[logWeights.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = StrictMath.exp(logWeights[i] - largest);
        }
        return choose(weights, uniforms);
    }

    /** Returns for each point u the first index whose cumulative weight is larger than u. */
    final int[] invert(double[] weights, int count, double[] uniforms) {
        double[] cumulative = new double[weights.length];
        int last = 0;
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i];
            cumulative[i] = sum;
            last = weights[i] > 0 ? i : last;
        }
        int[] chosen = new int[count];
        for (int slot = 0; slot < count; slot++) {
            double u = point(slot, count, uniforms);
            int low = 0;
            int high = last; // rounding of u to 1 must not lead beyond the last weight
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (cumulative[middle] / sum > u) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            chosen[slot] = low;
        }
        return chosen;
    }
}
