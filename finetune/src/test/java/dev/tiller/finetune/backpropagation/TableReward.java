package dev.tiller.finetune.backpropagation;

import static dev.tiller.sampler.exact.TableChain.LENGTH;
import static dev.tiller.sampler.exact.TableChain.LETTERS;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.sampler.exact.TableChain;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A reward with a number of its own for each design of the table chain; between the letters it is
 * the multilinear function through them.
 */
final class TableReward implements DifferentiableReward {
    static final String ALPHABET = "ABC";

    private static final int[] CLEAN =
            IntStream.range(0, TableChain.STATES).filter(TableChain::isClean).toArray();

    private final double[] table;

    /** {@code table[state]}, of which only clean states are read. */
    TableReward(double[] table) {
        this.table = table.clone();
    }

    @Override
    public String name() {
        return "table";
    }

    @Override
    public String letters() {
        return ALPHABET;
    }

    @Override
    public double[] score(Designs designs) {
        return designs.sequences().stream().mapToDouble(s -> table[number(s)]).toArray();
    }

    private static int number(String design) {
        return TableChain.number(design.chars().mapToLong(ALPHABET::indexOf).toArray(), 0);
    }

    @Override
    public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
        return designs.rows().stream().map(this::differentiate).toList();
    }

    private ScoredGradient differentiate(float[] row) {
        double score = 0;
        double[] gradient = new double[row.length];
        double[] x = new double[LENGTH];
        for (int state : CLEAN) {
            for (int l = 0; l < LENGTH; l++) {
                x[l] = row[l * LETTERS + TableChain.token(state, l)];
            }
            score += table[state] * productWithout(x, -1);
            for (int l = 0; l < LENGTH; l++) {
                int i = l * LETTERS + TableChain.token(state, l);
                gradient[i] += table[state] * productWithout(x, l);
            }
        }
        float[] floats = new float[row.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) gradient[i];
        }
        return new ScoredGradient(score, floats);
    }

    private static double productWithout(double[] x, int without) {
        double product = 1;
        for (int l = 0; l < x.length; l++) {
            product *= l == without ? 1 : x[l];
        }
        return product;
    }
}
