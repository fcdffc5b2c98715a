package dev.tiller.finetune.data;

import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A random split of rows, a pure function of the randomness and of which rows belong together.
 *
 * @param training rows to learn from
 * @param validation rows for early stopping
 * @param test rows for the model card
 */
public record Split(int[] training, int[] validation, int[] test) {
    /**
     * Splits n rows, each on its own.
     *
     * @param rows n
     * @param validationShare in [0, 1)
     * @param testShare in [0, 1), with the other share below 1
     * @param noise the only source of randomness
     * @return the split
     */
    public static Split of(int rows, double validationShare, double testShare, Randomness noise) {
        boolean[] all = new boolean[rows];
        Arrays.fill(all, true);
        return of(Groups.single(rows), all, validationShare, testShare, noise);
    }

    /**
     * Splits groups of rows: in random order, a group is for the test if its rows that may be held
     * out fit in what the test lacks, else for validation likewise, else for training. Its rows
     * that may not be held out are then left out, so nothing like a held-out row is learned from. A
     * group without a row that may be held out is for training.
     *
     * @param groups which rows belong together
     * @param mayBeHeldOut for each row whether it may be in validation or test
     * @param validationShare in [0, 1), of the rows that may be held out
     * @param testShare in [0, 1), with the other share below 1
     * @param noise the only source of randomness
     * @return the split
     */
    public static Split of(
            Groups groups,
            boolean[] mayBeHeldOut,
            double validationShare,
            double testShare,
            Randomness noise) {
        if (!(validationShare >= 0 && testShare >= 0 && validationShare + testShare < 1)) {
            throw new IllegalArgumentException(
                    "validation and test must be at least 0 and below 1 together, got "
                            + validationShare
                            + " and "
                            + testShare);
        }
        int eligible = 0;
        for (boolean may : mayBeHeldOut) {
            eligible += may ? 1 : 0;
        }
        Part test = new Part((int) Math.round(eligible * testShare));
        Part validation = new Part((int) Math.round(eligible * validationShare));
        List<Integer> training = new ArrayList<>();
        int[][] members = groups.members();
        for (int group : permutation(groups.count(), 0, noise)) {
            List<Integer> held =
                    Arrays.stream(members[group]).filter(row -> mayBeHeldOut[row]).boxed().toList();
            if (!test.takes(held) && !validation.takes(held)) {
                Arrays.stream(members[group]).forEach(training::add);
            }
        }
        return new Split(array(training), array(validation.rows), array(test.rows));
    }

    /** Rows that are held out, as many as are wanted at most. */
    private static final class Part {
        private final int wanted;
        private final List<Integer> rows = new ArrayList<>();

        private Part(int wanted) {
            this.wanted = wanted;
        }

        private boolean takes(List<Integer> group) {
            boolean fits = !group.isEmpty() && rows.size() + group.size() <= wanted;
            if (fits) {
                rows.addAll(group);
            }
            return fits;
        }
    }

    private static int[] array(List<Integer> rows) {
        return rows.stream().mapToInt(Integer::intValue).toArray();
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
