package dev.tiller.finetune.data;

import dev.tiller.sampler.Philox;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Rows that belong together: a split or a partition never parts the rows of one group, so what is
 * tested was not learned from a near-copy.
 */
public final class Groups {
    /** Letters of an aligned block; two rows that share one are near-duplicates. */
    public static final int BLOCK = 16;

    /** How often an alignment of homologous proteins may be expected by chance. */
    public static final double EXPECTED = 1e-3;

    /** The seed of all partitions, so that two jobs with other seeds agree on the parts. */
    private static final long PARTS_SEED = 0;

    private final int[] groups;
    private final int count;

    private Groups(int[] groups, int count) {
        this.groups = groups;
        this.count = count;
    }

    /**
     * Puts each row into a group of its own.
     *
     * @param rows how many rows
     * @return the groups
     */
    public static Groups single(int rows) {
        return new Groups(IntStream.range(0, rows).toArray(), rows);
    }

    /**
     * Puts rows together that have the same value.
     *
     * @param values one for each row
     * @return the groups
     */
    public static Groups byValue(List<String> values) {
        return numbered(values);
    }

    /**
     * Puts near-duplicates together: rows that have the same {@value #BLOCK} letters in one of the
     * aligned blocks 0 to 15, 16 to 31, ..., and rows that such rows link. A tail that is shorter
     * than a block is not looked at. Two rows of independent uniform letters out of 4 share a given
     * block with chance 4^-16.
     *
     * @param tokens rows of one length
     * @return the groups
     */
    public static Groups similar(long[][] tokens) {
        int[] parents = IntStream.range(0, tokens.length).toArray();
        for (int end = BLOCK; tokens.length > 0 && end <= tokens[0].length; end += BLOCK) {
            Map<List<Long>, Integer> first = new HashMap<>();
            for (int row = 0; row < tokens.length; row++) {
                long[] block = Arrays.copyOfRange(tokens[row], end - BLOCK, end);
                Integer same = first.putIfAbsent(Arrays.stream(block).boxed().toList(), row);
                if (same != null) {
                    join(parents, same, row);
                }
            }
        }
        return numbered(
                IntStream.range(0, parents.length).mapToObj(row -> root(parents, row)).toList());
    }

    /**
     * Puts homologous proteins together: those whose best local alignment ({@link LocalAlignment})
     * is expected by chance less often than {@value #EXPECTED} times among all the proteins, pairs
     * at least half of the letters of the shorter one, and of these pairs at least a share are
     * equal letters; and those that such proteins link. All pairs are aligned: 400 proteins of 100
     * letters take seconds.
     *
     * @param sequences letters of any lengths
     * @param identity the share, in (0, 1]
     * @return the groups
     */
    public static Groups homologous(List<String> sequences, double identity) {
        int[] parents = IntStream.range(0, sequences.size()).toArray();
        int letters = sequences.stream().mapToInt(String::length).sum();
        for (int i = 1; i < parents.length; i++) {
            String a = sequences.get(i);
            int last = i;
            boolean[] similar = new boolean[last];
            IntStream.range(0, last)
                    .parallel()
                    .forEach(
                            j -> {
                                String b = sequences.get(j);
                                similar[j] = areHomologous(a, b, letters, identity);
                            });
            for (int j = 0; j < last; j++) {
                if (similar[j]) {
                    join(parents, j, i);
                }
            }
        }
        return numbered(
                IntStream.range(0, parents.length).mapToObj(row -> root(parents, row)).toList());
    }

    private static boolean areHomologous(String a, String b, int letters, double identity) {
        LocalAlignment alignment = LocalAlignment.of(a, b);
        int aligned = alignment.aligned();
        return alignment.expected(a.length(), letters) <= EXPECTED
                && 2 * aligned >= Math.min(a.length(), b.length())
                && alignment.identical(a, b) >= identity * aligned;
    }

    private static void join(int[] parents, int a, int b) {
        int rootA = root(parents, a);
        int rootB = root(parents, b);
        parents[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
    }

    private static int root(int[] parents, int row) {
        int at = row;
        while (parents[at] != at) {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        return at;
    }

    /** Numbers groups in the order of their first rows. */
    private static Groups numbered(List<?> keys) {
        Map<Object, Integer> numbers = new HashMap<>();
        int[] groups = new int[keys.size()];
        for (int row = 0; row < groups.length; row++) {
            Integer next = numbers.size();
            Integer known = numbers.putIfAbsent(keys.get(row), next);
            groups[row] = known == null ? next : known;
        }
        return new Groups(groups, numbers.size());
    }

    /**
     * Returns the number of groups.
     *
     * @return at least 1 if there are rows
     */
    public int count() {
        return count;
    }

    /**
     * Returns the number of rows.
     *
     * @return at least 0
     */
    public int rows() {
        return groups.length;
    }

    /**
     * Returns the group of a row.
     *
     * @param row its index
     * @return a number in [0, {@link #count}); groups are numbered in the order of their first rows
     */
    public int of(int row) {
        return groups[row];
    }

    /**
     * Returns the rows of each group.
     *
     * @return for each group the indices of its rows, in order
     */
    public int[][] members() {
        int[] sizes = new int[count];
        for (int group : groups) {
            sizes[group]++;
        }
        int[][] members = new int[count][];
        Arrays.setAll(members, group -> new int[sizes[group]]);
        int[] filled = new int[count];
        for (int row = 0; row < groups.length; row++) {
            int group = groups[row];
            members[group][filled[group]] = row;
            filled[group]++;
        }
        return members;
    }

    /**
     * Takes some rows.
     *
     * @param rows their indices
     * @return the groups of those rows, in that order
     */
    public Groups select(int[] rows) {
        return numbered(Arrays.stream(rows).mapToObj(row -> groups[row]).toList());
    }

    /**
     * Divides the rows into parts of about the same size, groups kept together: the groups in
     * random order, each to the part that has the fewest rows by then. The order is that of a fixed
     * seed, so jobs that differ in their seeds have the same parts.
     *
     * @param parts how many, at least 1
     * @return the part of each row, from 0; a function of the groups and the number alone
     */
    public int[] parts(int parts) {
        int[][] members = members();
        int[] sizes = new int[parts];
        int[] part = new int[groups.length];
        for (int group : Split.permutation(count, 0, new Philox(PARTS_SEED))) {
            int smallest = 0;
            for (int i = 1; i < parts; i++) {
                smallest = sizes[i] < sizes[smallest] ? i : smallest;
            }
            sizes[smallest] += members[group].length;
            for (int row : members[group]) {
                part[row] = smallest;
            }
        }
        return part;
    }
}
