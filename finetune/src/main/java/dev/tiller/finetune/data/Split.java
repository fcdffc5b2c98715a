package dev.tiller.finetune.data;

import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A random split of n rows, a pure function of the randomness and n.
 *
 * @param training rows to learn from
 * @param validation rows for early stopping
 * @param test rows for the model card
 */
public record Split(int[] training, int[] validation, int[] test) {
    /**
     * Splits n rows.
     *
     * @param rows n
     * @param validationShare in [0, 1)
     * @param testShare in [0, 1), with the other share below 1
     * @param noise the only source of randomness
     * @return the split
     */
    public static Split of(int rows, double validationShare, double testShare, Randomness noise) {
        if (!(validationShare >= 0 && testShare >= 0 && validationShare + testShare < 1)) {
            throw new IllegalArgumentException(
                    "validation and test must be at least 0 and below 1 together, got "
                            + validationShare
                            + " and "
                            + testShare);
        }
        int[] order = permutation(rows, 0, noise);
        int tests = (int) Math.round(rows * testShare);
        int validations = (int) Math.round(rows * validationShare);
        return new Split(
                Arrays.copyOfRange(order, tests + validations, rows),
                Arrays.copyOfRange(order, tests, tests + validations),
                Arrays.copyOfRange(order, 0, tests));
    }

    /**
     * Permutes 0 .. n-1.
     *
     * @param n how many
     * @param number which permutation (the epoch, say)
     * @param noise the only source of randomness
     * @return the permutation
     */
    public static int[] permutation(int n, int number, Randomness noise) {
        double[] keys = new double[n];
        noise.fill(0, number, Purpose.TRAINING_ORDER, 0, keys);
        return IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> keys[i]))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
