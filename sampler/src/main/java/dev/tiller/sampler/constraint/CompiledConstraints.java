package dev.tiller.sampler.constraint;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@link Constraints} checked against an alphabet and a length. Immutable; one instance serves many
 * processes, runs and threads. At least one design satisfies it.
 */
public final class CompiledConstraints {
    /** The largest number of states that the constraints may need at one position. */
    public static final int MAX_STATES = 4096;

    private final Constraints source;
    private final Rules rules;
    private final CompletionGraph graph;
    private final int[] fixed;
    private final int freePositions;

    private CompiledConstraints(Constraints source, Rules rules, CompletionGraph graph) {
        this.source = source;
        this.rules = rules;
        this.graph = graph;
        this.fixed = new int[rules.length()];
        int free = 0;
        for (int position = 0; position < fixed.length; position++) {
            long letters = graph.lettersOf(rules.groupOf()[position]);
            boolean one = Long.bitCount(letters) == 1;
            fixed[position] = one ? Long.numberOfTrailingZeros(letters) : -1;
            free += one ? 0 : 1;
        }
        this.freePositions = free;
    }

    static CompiledConstraints of(Constraints source, String alphabet, int length) {
        if (length < 1) {
            throw new IllegalArgumentException("length must be at least 1, got " + length);
        }
        Rules rules = Rules.of(source, alphabet, length);
        CompletionGraph graph = new CompletionGraphBuilder(rules, names(source)).build();
        if (graph == null) {
            throw new IllegalArgumentException(
                    "constraints must leave at least one design of length "
                            + length
                            + ", got "
                            + names(source)
                            + remedy(source, alphabet, length));
        }
        return new CompiledConstraints(source, rules, graph);
    }

    private static String names(Constraints source) {
        StringBuilder names = new StringBuilder();
        source.toMap()
                .forEach(
                        (key, value) ->
                                names.append(names.isEmpty() ? "" : "; ")
                                        .append(key)
                                        .append(": ")
                                        .append(value));
        return names.toString();
    }

    /** Finds the keys that are each to blame: without one of them there would be a design. */
    private static String remedy(Constraints source, String alphabet, int length) {
        List<String> culprits = new ArrayList<>();
        for (String key : source.toMap().keySet()) {
            Constraints rest = source.without(List.of(key));
            try {
                Rules rules = Rules.of(rest, alphabet, length);
                if (new CompletionGraphBuilder(rules, key).build() != null) {
                    culprits.add(key);
                }
            } catch (IllegalArgumentException e) {
                continue; // too many states without this key: cannot tell
            }
        }
        return culprits.isEmpty() ? "" : "; relax " + String.join(" or ", culprits);
    }

    /**
     * Returns what was compiled.
     *
     * @return the constraints as the user wrote them
     */
    public Constraints source() {
        return source;
    }

    /**
     * Returns the length of a design.
     *
     * @return L
     */
    public int length() {
        return rules.length();
    }

    /**
     * Returns the size of the alphabet.
     *
     * @return K
     */
    public int letters() {
        return rules.alphabet().size();
    }

    /**
     * Returns the number of groups of tied positions; an untied position is a group of its own.
     *
     * @return at most L; the number of uniforms that a draw of a completion takes
     */
    public int groups() {
        return graph.groups();
    }

    /**
     * Returns the size of the automaton, which the time of a draw is proportional to.
     *
     * @return states of all positions together
     */
    public int states() {
        return graph.nodes();
    }

    /**
     * Returns the letter of a position at which all designs within the constraints have the same
     * one, be it fixed itself, tied to a fixed one, or left no choice by a motif.
     *
     * @param position in [0, L)
     * @return the token, or -1 if there is a choice
     */
    public int fixedToken(int position) {
        return fixed[position];
    }

    /**
     * Returns the number of positions that have a choice.
     *
     * @return in [0, L]
     */
    public int freePositions() {
        return freePositions;
    }

    /**
     * Tells whether a design satisfies the constraints. Checks each rule by itself, without the
     * automaton that the samplers use.
     *
     * @param design L letters of the alphabet
     * @return true if all constraints hold
     */
    public boolean satisfiedBy(String design) {
        return violation(design) == null;
    }

    /**
     * Checks that a design satisfies the constraints.
     *
     * @param design L letters of the alphabet
     * @throws IllegalArgumentException naming the first constraint that does not hold
     */
    public void requireSatisfied(String design) {
        String violation = violation(design);
        if (violation != null) {
            throw new IllegalArgumentException(
                    "design must satisfy the constraints, got " + design + ", which " + violation);
        }
    }

    private String violation(String design) {
        if (design.length() != length()) {
            return "has " + design.length() + " letters instead of " + length();
        }
        long[] tokens = design.chars().mapToLong(c -> rules.alphabet().token((char) c)).toArray();
        int unknown =
                IntStream.range(0, tokens.length).filter(i -> tokens[i] < 0).findFirst().orElse(-1);
        if (unknown >= 0) {
            return "has " + design.charAt(unknown) + ", which is no letter of the model";
        }
        return rules.violation(tokens, 0);
    }

    /**
     * Checks that a clean design satisfies the constraints.
     *
     * @param tokens letters in [0, K), from {@code offset}
     * @param offset the index of the first one
     * @return what is wrong, as a clause such as "has A at position 5", or null
     */
    public String violation(long[] tokens, int offset) {
        return rules.violation(tokens, offset);
    }

    /**
     * Tells which letters each position may still have.
     *
     * @param tokens L tokens from {@code offset}; K is the mask, all others are kept
     * @param offset the index of the first one
     * @return [L * K]; true where some design within the constraints has the known letters and the
     *     letter at the position
     */
    public boolean[] possibleLetters(long[] tokens, int offset) {
        CompletionSampler sampler = sampler();
        boolean[] possible = new boolean[length() * letters()];
        if (sampler.condition(tokens, offset, new double[possible.length])) {
            double[] logs = sampler.logMarginals();
            for (int i = 0; i < possible.length; i++) {
                possible[i] = logs[i] != Double.NEGATIVE_INFINITY;
            }
        }
        return possible;
    }

    /**
     * Opens a sampler; it is for one thread.
     *
     * @return a new sampler with working memory of its own
     */
    public CompletionSampler sampler() {
        return new CompletionSampler(graph, rules.groupOf(), letters());
    }
}
