package dev.tiller.sampler.decoder;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.State;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Designs with their rewards, those of a sample together.
 *
 * @param designs clean states, rows sample * count + lineage
 * @param rewards the reward of each row
 * @param count lineages of each sample
 */
record Lineages(State designs, double[] rewards, int count) {
    /** Returns the rows of all samples whose best reward is below the target. */
    int[] below(double target) {
        int[] best = Candidates.best(rewards, count);
        return IntStream.range(0, rewards.length)
                .filter(row -> rewards[best[row / count]] < target)
                .toArray();
    }

    /** Returns the design of the highest reward of each sample, the first on ties. */
    State best(NDManager manager) {
        int[] rows = Candidates.best(rewards, count);
        return designs.select(rows, new int[rows.length], manager);
    }

    /**
     * Systematic resampling in proportion to exp(r / tau), so that each is kept as often as its
     * share says, up to one.
     */
    static int[] resample(double[] rewards, double temperature, double u) {
        double[] logWeights = Arrays.stream(rewards).map(r -> r / temperature).toArray();
        double[] uniforms = new double[rewards.length];
        uniforms[0] = u; // the only one that this scheme uses
        return Resampling.SYSTEMATIC.ancestors(logWeights, uniforms);
    }
}
