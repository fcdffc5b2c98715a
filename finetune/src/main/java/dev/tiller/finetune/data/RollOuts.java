package dev.tiller.finetune.data;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Noisy states of unguided trajectories, each with the reward of the design that its trajectory
 * ended in: the training data of SVDD-MC's value network (Li et al. 2024, algorithm 3).
 * Neighbouring states hardly differ, so a few times are taken from each trajectory, one from each
 * stratum.
 */
public final class RollOuts {
    private static final int TRAJECTORIES_AT_ONCE = 256;

    private final ReverseProcess process;
    private final SoftValue reward;
    private final int statesPerTrajectory;
    private final Randomness noise;

    /**
     * Creates the generator.
     *
     * @param process the diffusion model; states hold one array of tokens
     * @param reward scores clean states
     * @param statesPerTrajectory how many states are kept of each, at least 1
     * @param noise the only source of randomness
     */
    public RollOuts(
            ReverseProcess process, SoftValue reward, int statesPerTrajectory, Randomness noise) {
        this.process = process;
        this.reward = reward;
        this.statesPerTrajectory = statesPerTrajectory;
        this.noise = noise;
    }

    /**
     * Rolls trajectories out.
     *
     * @param first sample id of the first one
     * @param count how many
     * @param ledger where evaluations are counted
     * @param manager parent of the managers of all arrays made
     * @return {@code count * statesPerTrajectory} states, those of a trajectory together
     */
    public LabelledTokens generate(long first, int count, Ledger ledger, NDManager manager) {
        List<long[]> tokens = new ArrayList<>();
        List<Double> labels = new ArrayList<>();
        for (int start = 0; start < count; start += TRAJECTORIES_AT_ONCE) {
            int rows = Math.min(TRAJECTORIES_AT_ONCE, count - start);
            long[] ids = new long[rows];
            long offset = first + start;
            Arrays.setAll(ids, i -> offset + i);
            try (NDManager scope = manager.newSubManager()) {
                batch(ids, ledger, scope, tokens, labels);
            }
        }
        return new LabelledTokens(
                tokens.toArray(long[][]::new),
                labels.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private void batch(
            long[] ids, Ledger ledger, NDManager scope, List<long[]> tokens, List<Double> labels) {
        int[][] kept = new int[ids.length][];
        Arrays.setAll(kept, row -> keptIndices(ids[row]));
        long[][][] states = new long[ids.length][statesPerTrajectory][];
        State x = process.prior(ids, new int[ids.length], noise, scope);
        for (int step = 0; step < process.steps(); step++) {
            Prediction prediction = process.predict(x, step, ledger, noise);
            State next = process.propose(x, prediction, step).draw(1, noise, scope);
            x.close();
            x = next;
            keep(x, step + 1, kept, states);
        }
        State designs = process.finish(x, ledger, noise, scope);
        double[] scores = reward.estimate(designs, process.steps(), ledger, noise);
        ledger.forget();
        for (int row = 0; row < ids.length; row++) {
            double label = scores[row];
            for (long[] state : states[row]) {
                tokens.add(state);
                labels.add(label);
            }
        }
    }

    /** One time index in each of the equal strata of 1 .. T. */
    private int[] keptIndices(long id) {
        double[] uniforms = new double[statesPerTrajectory];
        noise.fill(id, 0, Purpose.TRAINING_TIME, 0, uniforms);
        int[] indices = new int[statesPerTrajectory];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = 1 + (int) ((i + uniforms[i]) / statesPerTrajectory * process.steps());
        }
        return indices;
    }

    private static void keep(State x, int index, int[][] kept, long[][][] states) {
        long[][] rows = null;
        for (int row = 0; row < kept.length; row++) {
            for (int i = 0; i < kept[row].length; i++) {
                if (kept[row][i] == index) {
                    rows = rows == null ? rows(x) : rows;
                    states[row][i] = rows[row];
                }
            }
        }
    }

    private static long[][] rows(State x) {
        long[] flat = x.array(0).toLongArray();
        int length = flat.length / x.rows();
        long[][] rows = new long[x.rows()][];
        Arrays.setAll(rows, row -> Arrays.copyOfRange(flat, row * length, (row + 1) * length));
        return rows;
    }
}
