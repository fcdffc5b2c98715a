package dev.tiller.sampler.constraint;

import java.util.Arrays;

/**
 * Clean designs from a product of independent laws, one for each position, conditioned on
 * constraints: exact draws by backward filtering and forward sampling, the mode by the algorithm of
 * Viterbi (1967), the normaliser and the marginals (Rabiner, "A tutorial on hidden Markov models",
 * 1989, section III, with the automaton of the constraints as the hidden chain).
 *
 * <p>First {@link #condition}, then any of the others. For one thread.
 */
public final class CompletionSampler {
    /** What stands for log 0 where the constraints leave nothing better. */
    public static final double LOG_ZERO = -1e6;

    private static final double LARGEST = 1e7;

    private final int[] layerStart;
    private final int[] edgeStart;
    private final byte[] edgeLetter;
    private final int[] edgeTarget;
    private final int[] groupOf;
    private final int letters;
    private final int groups;
    private final int lastNode;

    // of each group and letter, [groups * K]
    private final double[] logs;
    private final ScaledNumbers weights;
    // of each node
    private final boolean[] reached;
    private final ScaledNumbers future;

    private final int[] known;
    private final int[] chosen;
    private boolean summed;

    CompletionSampler(CompletionGraph graph, int[] groupOf, int letters) {
        this.layerStart = graph.layerStart();
        this.edgeStart = graph.edgeStart();
        this.edgeLetter = graph.edgeLetter();
        this.edgeTarget = graph.edgeTarget();
        this.groupOf = groupOf;
        this.letters = letters;
        this.groups = graph.groups();
        this.lastNode = graph.lastNode();
        this.logs = new double[groups * letters];
        this.weights = new ScaledNumbers(groups * letters);
        this.reached = new boolean[graph.nodes()];
        this.future = new ScaledNumbers(graph.nodes());
        this.known = new int[groups];
        this.chosen = new int[groups];
    }

    /**
     * Sets the letters that are known and the law of the others. A weight of 0 counts as exp({@link
     * #LOG_ZERO}): a letter of probability 0 is taken where the constraints leave no other, and
     * never else.
     *
     * @param tokens L tokens from {@code offset}; K is the mask, all others are kept
     * @param offset index of the first one
     * @param logWeights natural logs of the weights of the K letters at each position, [L * K];
     *     read at masked positions only
     * @return false if no design within the constraints has these letters; nothing can be drawn
     *     then
     */
    public boolean condition(long[] tokens, int offset, double[] logWeights) {
        summed = false;
        Arrays.fill(logs, 0);
        Arrays.fill(known, -1);
        for (int position = 0; position < groupOf.length; position++) {
            int group = groupOf[position];
            int token = (int) tokens[offset + position];
            if (token == letters) {
                for (int k = 0; k < letters; k++) {
                    logs[group * letters + k] += bounded(logWeights[position * letters + k]);
                }
            } else if (known[group] < 0) {
                known[group] = token;
            } else if (known[group] != token) {
                return false;
            }
        }
        for (int group = 0; group < groups; group++) {
            for (int k = 0; k < letters && known[group] >= 0; k++) {
                if (k != known[group]) {
                    logs[group * letters + k] = Double.NEGATIVE_INFINITY;
                }
            }
        }
        reach();
        return reached[lastNode];
    }

    private static double bounded(double log) {
        return log == Double.NEGATIVE_INFINITY
                ? LOG_ZERO
                : Math.max(-LARGEST, Math.min(LARGEST, log));
    }

    /** Marks the nodes that can be reached with the known letters. */
    private void reach() {
        Arrays.fill(reached, false);
        reached[0] = true;
        for (int group = 0; group < groups; group++) {
            for (int node = layerStart[group]; node < layerStart[group + 1]; node++) {
                for (int edge = edgeStart[node];
                        reached[node] && edge < edgeStart[node + 1];
                        edge++) {
                    if (logs[group * letters + edgeLetter[edge]] != Double.NEGATIVE_INFINITY) {
                        reached[edgeTarget[edge]] = true;
                    }
                }
            }
        }
    }

    /** Sums the weights of all ways from each reached node to the end. */
    private void sum() {
        if (summed) {
            return;
        }
        summed = true;
        for (int i = 0; i < logs.length; i++) {
            weights.setExp(i, logs[i]);
        }
        future.setExp(lastNode, 0);
        for (int group = groups - 1; group >= 0; group--) {
            for (int node = layerStart[group]; node < layerStart[group + 1]; node++) {
                if (reached[node]) {
                    sum(node, group * letters);
                }
            }
        }
    }

    /** Sums at the largest exponent of all terms; one pass to find it is faster than shifting. */
    private void sum(int node, int row) {
        int begin = edgeStart[node];
        int end = edgeStart[node + 1];
        long largest = Long.MIN_VALUE;
        for (int edge = begin; edge < end; edge++) {
            long exponent =
                    weights.exponent[row + edgeLetter[edge]] + future.exponent[edgeTarget[edge]];
            largest = Math.max(largest, exponent);
        }
        double sum = 0;
        for (int edge = begin; edge < end; edge++) {
            int i = row + edgeLetter[edge];
            int target = edgeTarget[edge];
            long exponent = weights.exponent[i] + future.exponent[target] - largest;
            double power = ScaledNumbers.power(exponent);
            sum += weights.mantissa[i] * future.mantissa[target] * power;
        }
        future.set(node, sum, largest);
    }

    /**
     * Returns the natural log of the total weight of all designs within the constraints that have
     * the known letters.
     *
     * @return finite after {@link #condition} returned true
     */
    public double logNormaliser() {
        sum();
        return future.log(0);
    }

    /**
     * Draws a design in proportion to its weight.
     *
     * @param uniforms uniforms in (0, 1), one for each group of tied positions, from index 0
     * @param out receives L letters, from {@code offset}
     * @param offset the index of the first one
     */
    public void draw(double[] uniforms, long[] out, int offset) {
        sum();
        int node = 0;
        for (int group = 0; group < groups; group++) {
            double goal = uniforms[group] * future.mantissa[node];
            double passed = 0;
            int taken = -1;
            for (int edge = edgeStart[node]; edge < edgeStart[node + 1] && passed <= goal; edge++) {
                double share = share(edge, group, future.exponent[node]);
                passed += share;
                taken = share > 0 ? edge : taken;
            }
            chosen[group] = edgeLetter[taken];
            node = edgeTarget[taken];
        }
        write(out, offset);
    }

    /** Returns the weight of all ways through an edge, in units of a power of 2. */
    private double share(int edge, int group, long unit) {
        int i = group * letters + edgeLetter[edge];
        int target = edgeTarget[edge];
        if (weights.mantissa[i] == 0 || future.mantissa[target] == 0) {
            return 0;
        }
        long exponent = weights.exponent[i] + future.exponent[target] - unit;
        return weights.mantissa[i] * future.mantissa[target] * ScaledNumbers.power(exponent);
    }

    private void write(long[] out, int offset) {
        for (int position = 0; position < groupOf.length; position++) {
            out[offset + position] = chosen[groupOf[position]];
        }
    }

    /**
     * Finds the design of the largest weight; of equal ones that which has the first letter where
     * they differ first.
     *
     * @param out receives L letters, from {@code offset}
     * @param offset the index of the first one
     */
    public void mode(long[] out, int offset) {
        double[] best = new double[reached.length];
        for (int group = groups - 1; group >= 0; group--) {
            for (int node = layerStart[group]; node < layerStart[group + 1]; node++) {
                best[node] = Double.NEGATIVE_INFINITY;
                for (int edge = edgeStart[node];
                        reached[node] && edge < edgeStart[node + 1];
                        edge++) {
                    best[node] = Math.max(best[node], score(edge, group, best));
                }
            }
        }
        int node = 0;
        for (int group = 0; group < groups; group++) {
            int edge = edgeStart[node];
            while (score(edge, group, best) != best[node]) {
                edge++;
            }
            chosen[group] = edgeLetter[edge];
            node = edgeTarget[edge];
        }
        write(out, offset);
    }

    private double score(int edge, int group, double[] best) {
        return logs[group * letters + edgeLetter[edge]] + best[edgeTarget[edge]];
    }

    /**
     * Computes the law of each position by itself.
     *
     * @return natural logs of the probabilities, [L * K]; negative infinity where no design within
     *     the constraints has the letter
     */
    public double[] logMarginals() {
        sum();
        ScaledNumbers past = new ScaledNumbers(reached.length);
        past.setExp(0, 0);
        ScaledNumbers sums = new ScaledNumbers(groups * letters);
        for (int group = 0; group < groups; group++) {
            for (int node = layerStart[group]; node < layerStart[group + 1]; node++) {
                past.normalise(node);
                for (int edge = edgeStart[node]; edge < edgeStart[node + 1]; edge++) {
                    int i = group * letters + edgeLetter[edge];
                    int target = edgeTarget[edge];
                    double m = past.mantissa[node] * weights.mantissa[i];
                    if (m != 0) {
                        long e = past.exponent[node] + weights.exponent[i];
                        past.add(target, m, e);
                        sums.add(i, m * future.mantissa[target], e + future.exponent[target]);
                    }
                }
            }
        }
        double total = logNormaliser();
        double[] marginals = new double[groupOf.length * letters];
        Arrays.setAll(
                marginals, i -> sums.log(groupOf[i / letters] * letters + i % letters) - total);
        return marginals;
    }
}
