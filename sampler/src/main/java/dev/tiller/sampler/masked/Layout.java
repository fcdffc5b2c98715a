package dev.tiller.sampler.masked;

import dev.tiller.sampler.numerics.LogSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Which letters of a design are free: how long it is, what is given, and which positions always
 * have the same letter.
 */
public final class Layout {
    /** Marks a position that is not given. */
    public static final int FREE = -1;

    private final int[] given;
    private final int[] leaders;
    private final int freePositions;

    /** The positions of each group that is tied. */
    private final List<int[]> groups;

    /**
     * Describes a design.
     *
     * @param given the token of each position, or {@link #FREE}
     * @param leaders for each position the first one that always has the same letter; itself if it
     *     is the first, or is tied to none
     * @throws IllegalArgumentException if nothing has a length, or tied positions differ in what is
     *     given
     */
    public Layout(int[] given, int[] leaders) {
        if (given.length == 0 || leaders.length != given.length) {
            throw new IllegalArgumentException(
                    "a layout must have a leader for each of its positions, got "
                            + given.length
                            + " positions and "
                            + leaders.length
                            + " leaders");
        }
        for (int i = 0; i < given.length; i++) {
            int leader = leaders[i];
            if (leader < 0 || leader > i || leaders[leader] != leader) {
                throw new IllegalArgumentException(
                        "the leader of position "
                                + i
                                + " must be the first of the positions tied to it, got "
                                + leader);
            }
            if (given[i] != given[leader]) {
                throw new IllegalArgumentException(
                        "tied positions must be given the same letter or be free together, got "
                                + given[leader]
                                + " at "
                                + leader
                                + " and "
                                + given[i]
                                + " at "
                                + i);
            }
        }
        this.given = given.clone();
        this.leaders = leaders.clone();
        this.freePositions =
                (int)
                        IntStream.range(0, given.length)
                                .filter(i -> given[i] == FREE && leaders[i] == i)
                                .count();
        this.groups = groups(leaders);
    }

    private static List<int[]> groups(int[] leaders) {
        Map<Integer, List<Integer>> tied = new TreeMap<>();
        for (int i = 0; i < leaders.length; i++) {
            tied.computeIfAbsent(leaders[i], leader -> new ArrayList<>()).add(i);
        }
        return tied.values().stream()
                .filter(group -> group.size() > 1)
                .map(group -> group.stream().mapToInt(Integer::intValue).toArray())
                .toList();
    }

    /**
     * Describes designs of free letters.
     *
     * @param length L, at least 1
     * @return a layout without given or tied positions
     */
    public static Layout free(int length) {
        int[] given = new int[length];
        Arrays.fill(given, FREE);
        return new Layout(given, IntStream.range(0, length).toArray());
    }

    /**
     * Returns the length.
     *
     * @return L
     */
    public int length() {
        return given.length;
    }

    /**
     * Returns what is given at a position.
     *
     * @param position from 0
     * @return a token, or {@link #FREE}
     */
    public int given(int position) {
        return given[position];
    }

    /**
     * Returns the first of the positions that always have the same letter as this one.
     *
     * @param position from 0
     * @return a position, not after this one
     */
    public int leader(int position) {
        return leaders[position];
    }

    /**
     * Counts what is to be decided.
     *
     * @return free positions, tied ones counted once
     */
    public int freePositions() {
        return freePositions;
    }

    /**
     * Tells whether a position can be masked: it is free, and not beyond the end of the design.
     *
     * @param position from 0
     * @return false where a letter is given, and for padding
     */
    public boolean isFree(int position) {
        return position < given.length && given[position] == FREE;
    }

    /** The first position tied to this one; beyond the end of the design, the position itself. */
    int leaderOf(int position) {
        return position < leaders.length ? leaders[position] : position;
    }

    /** Whether some positions always have the same letter. */
    boolean hasTies() {
        return !groups.isEmpty();
    }

    /**
     * Makes tied positions say the same: the mean of their log-probabilities, normalised (as
     * ProteinMPNN, Dauparas et al. 2022, does for symmetric chains).
     *
     * @param logPosterior log p(x0 | xt), [at least L * K]; changed in place
     * @param letters K
     */
    void tie(float[] logPosterior, int letters) {
        double[] mean = new double[letters];
        for (int[] tied : groups) {
            Arrays.setAll(
                    mean,
                    k ->
                            Arrays.stream(tied)
                                    .mapToDouble(i -> logPosterior[i * letters + k])
                                    .average()
                                    .orElseThrow());
            double norm = LogSpace.logSumExp(mean);
            for (int i : tied) {
                for (int k = 0; k < letters; k++) {
                    logPosterior[i * letters + k] = (float) (mean[k] - norm);
                }
            }
        }
    }
}
