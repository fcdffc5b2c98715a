package dev.tiller.sampler.constraint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Constraints that were checked against an alphabet and a length.
 *
 * @param alphabet the letters
 * @param allowed the letters of each position, as bit masks; equal within a group
 * @param groupOf for each position the group of tied positions that it belongs to
 * @param groups the positions of each group, ascending and from 0; ordered by their first one
 * @param motifs what must and must not occur
 */
record Rules(Alphabet alphabet, long[] allowed, int[] groupOf, int[][] groups, List<Motif> motifs) {

    private static final int MOST_REQUIRED = 60;

    static Rules of(Constraints constraints, String letters, int length) {
        Alphabet alphabet = new Alphabet(letters);
        long[] allowed = new long[length];
        long included = alphabet.all() & ~alphabet.union(constraints.exclude(), "exclude");
        Arrays.fill(allowed, included);
        if (!constraints.template().isEmpty()) {
            long[] template = alphabet.pattern(constraints.template(), "template");
            if (template.length != length) {
                throw new IllegalArgumentException(
                        "constraints.template must have one letter, code or . for each of the "
                                + length
                                + " positions, got "
                                + template.length);
            }
            restrict(allowed, 0, template);
        }
        constraints
                .fixed()
                .forEach(
                        (position, text) -> {
                            long[] pattern = alphabet.pattern(text, "fixed." + position);
                            int last = position + pattern.length - 1;
                            new Positions(position, last).within(length, "fixed");
                            restrict(allowed, position - 1, pattern);
                        });
        constraints
                .allowed()
                .forEach(
                        (ranges, text) -> {
                            long set = alphabet.union(text, "allowed." + ranges);
                            for (Positions range : Positions.parseList(ranges, "allowed")) {
                                range.within(length, "allowed");
                                long[] sets = new long[range.count()];
                                Arrays.fill(sets, set);
                                restrict(allowed, range.first() - 1, sets);
                            }
                        });
        int[] groupOf = groupOf(constraints.tied(), length);
        int[][] groups = groups(groupOf);
        for (int[] group : groups) {
            share(allowed, group);
        }
        List<Motif> motifs = new ArrayList<>();
        for (String text : constraints.forbid()) {
            motifs.add(new Motif(text, alphabet.pattern(text, "forbid"), false));
        }
        for (String text : constraints.require()) {
            motifs.add(new Motif(text, alphabet.pattern(text, "require"), true));
        }
        if (constraints.require().size() > MOST_REQUIRED) {
            throw new IllegalArgumentException(
                    "constraints.require must have at most "
                            + MOST_REQUIRED
                            + " motifs, got "
                            + constraints.require().size());
        }
        return new Rules(alphabet, allowed, groupOf, groups, List.copyOf(motifs));
    }

    private static void restrict(long[] allowed, int first, long[] sets) {
        for (int i = 0; i < sets.length; i++) {
            allowed[first + i] &= sets[i];
        }
    }

    /** Gives all positions of a group the letters that each of them may have. */
    private static void share(long[] allowed, int[] group) {
        long common = -1;
        for (int position : group) {
            common &= allowed[position];
        }
        if (common == 0) {
            throw new IllegalArgumentException(
                    "constraints leave no letter for position "
                            + Arrays.stream(group)
                                    .mapToObj(position -> String.valueOf(position + 1))
                                    .collect(Collectors.joining("="))
                            + "; relax template, fixed, allowed, exclude or tied there");
        }
        for (int position : group) {
            allowed[position] = common;
        }
    }

    /** Joins tied positions; groups are numbered by their first position. */
    private static int[] groupOf(List<String> ties, int length) {
        int[] parent = IntStream.range(0, length).toArray();
        for (String tie : ties) {
            List<Positions> parts = Positions.parseTie(tie);
            for (Positions part : parts) {
                part.within(length, "tied");
                for (int i = 0; i < part.count(); i++) {
                    int one = root(parent, parts.get(0).first() - 1 + i);
                    int other = root(parent, part.first() - 1 + i);
                    parent[Math.max(one, other)] = Math.min(one, other);
                }
            }
        }
        int[] groupOf = new int[length];
        int count = 0;
        for (int position = 0; position < length; position++) {
            int root = root(parent, position);
            groupOf[position] = root == position ? count++ : groupOf[root];
        }
        return groupOf;
    }

    private static int root(int[] parent, int position) {
        int root = position;
        while (parent[root] != root) {
            root = parent[root];
        }
        return root;
    }

    private static int[][] groups(int[] groupOf) {
        int count = Arrays.stream(groupOf).max().orElse(-1) + 1;
        int[][] groups = new int[count][];
        for (int group = 0; group < count; group++) {
            int number = group;
            groups[group] =
                    IntStream.range(0, groupOf.length)
                            .filter(position -> groupOf[position] == number)
                            .toArray();
        }
        return groups;
    }

    int length() {
        return allowed.length;
    }

    /** Returns what a clean design breaks, as a clause of an error, or null. */
    String violation(long[] tokens, int offset) {
        for (int position = 0; position < allowed.length; position++) {
            int token = (int) tokens[offset + position];
            if (token < 0 || token >= alphabet.size()) {
                return "has no letter at position " + (position + 1);
            }
            int first = groups[groupOf[position]][0];
            if (tokens[offset + first] != token) {
                return "has different letters at the tied positions "
                        + (first + 1)
                        + " and "
                        + (position + 1);
            }
            if ((allowed[position] >> token & 1) == 0) {
                return "has " + alphabet.letter(token) + " at position " + (position + 1);
            }
        }
        for (Motif motif : motifs) {
            int at = motif.find(tokens, offset, allowed.length);
            if (motif.required() && at == 0) {
                return "lacks the required motif " + motif.text();
            } else if (!motif.required() && at > 0) {
                return "has the forbidden motif " + motif.text() + " at position " + at;
            }
        }
        return null;
    }
}
