package dev.tiller.sampler.exact;

import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A masked diffusion that is small enough to enumerate: 3 letters, 4 positions and so 256 states,
 * each with an arbitrary p(x0 | xt) of its own. The kernels are written down from their definition
 * and share no code with the samplers.
 *
 * <p>A state's number is its tokens in base 4, position 0 first; token 3 is the mask. A kernel is a
 * matrix: row x, column y holds p(y | x).
 */
public final class TableChain {
    public static final int LETTERS = 3;
    public static final int LENGTH = 4;
    public static final int STATES = 256;

    /** The state of masks only. */
    public static final int START = STATES - 1;

    private static final int MASK = LETTERS;
    private static final double SHARPNESS = 2;

    private final double[][] logits = new double[STATES][LENGTH * LETTERS];
    private final double[][] slopes = new double[STATES][LENGTH * LETTERS];
    private final boolean timed;

    /**
     * Fills the table.
     *
     * @param seed of the table
     * @param timed whether p(x0 | xt) also depends on t
     */
    public TableChain(long seed, boolean timed) {
        this.timed = timed;
        Philox noise = new Philox(seed);
        for (int state = 0; state < STATES; state++) {
            noise.fill(state, 0, Purpose.INITIALIZATION, 0, logits[state]);
            noise.fill(state, 0, Purpose.INITIALIZATION, 1, slopes[state]);
            logits[state] = scale(logits[state], SHARPNESS);
            slopes[state] = scale(slopes[state], timed ? SHARPNESS : 0);
        }
    }

    private TableChain(TableChain other, double temperature) {
        timed = other.timed;
        for (int state = 0; state < STATES; state++) {
            logits[state] = divide(other.logits[state], temperature);
            slopes[state] = divide(other.slopes[state], temperature);
        }
    }

    private static double[] scale(double[] uniforms, double largest) {
        return Arrays.stream(uniforms).map(u -> largest * (2 * u - 1)).toArray();
    }

    private static double[] divide(double[] values, double by) {
        return Arrays.stream(values).map(value -> value / by).toArray();
    }

    /** Returns this chain with its letters drawn at another temperature: a wrong model. */
    public TableChain at(double temperature) {
        return new TableChain(this, temperature);
    }

    public boolean dependsOnTime() {
        return timed;
    }

    /** Returns log p(x0 = k | xt), float32 [LENGTH * LETTERS]. */
    public float[] logPosterior(int state, double t) {
        float[] logs = new float[LENGTH * LETTERS];
        for (int position = 0; position < LENGTH; position++) {
            int first = position * LETTERS;
            double sum = 0;
            for (int i = first; i < first + LETTERS; i++) {
                sum += Math.exp(logit(state, i, t));
            }
            for (int i = first; i < first + LETTERS; i++) {
                logs[i] = (float) (logit(state, i, t) - Math.log(sum));
            }
        }
        return logs;
    }

    private double logit(int state, int i, double t) {
        return logits[state][i] + t * slopes[state][i];
    }

    public static int token(int state, int position) {
        return state >> (2 * (LENGTH - 1 - position)) & 3;
    }

    public static int number(long[] tokens, int offset) {
        int state = 0;
        for (int position = 0; position < LENGTH; position++) {
            state = 4 * state + (int) tokens[offset + position];
        }
        return state;
    }

    public static boolean isClean(int state) {
        return masks(state) == 0;
    }

    private static int masks(int state) {
        int count = 0;
        for (int position = 0; position < LENGTH; position++) {
            count += token(state, position) == MASK ? 1 : 0;
        }
        return count;
    }

    /**
     * Returns p(y | x) of a step in which each mask stays with probability {@code stay} and else
     * becomes a letter of p(x0 | xt).
     */
    public double[][] reveal(double stay, double t) {
        double[][] kernel = new double[STATES][STATES];
        for (int x = 0; x < STATES; x++) {
            float[] logPosterior = logPosterior(x, t);
            for (int y = 0; y < STATES; y++) {
                kernel[x][y] = 1;
                for (int position = 0; position < LENGTH; position++) {
                    int before = token(x, position);
                    int after = token(y, position);
                    kernel[x][y] *=
                            before != MASK
                                    ? (before == after ? 1 : 0)
                                    : after == MASK
                                            ? stay
                                            : (1 - stay)
                                                    * Math.exp(
                                                            logPosterior[
                                                                    position * LETTERS + after]);
                }
            }
        }
        return kernel;
    }

    /**
     * Returns the T kernels of ancestral sampling with the log-linear schedule from 1 to the end.
     */
    public List<double[][]> ancestral(int steps, double endTime) {
        List<double[][]> kernels = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            double t = 1 - (1 - endTime) * i / steps;
            double s = 1 - (1 - endTime) * (i + 1) / steps;
            kernels.add(reveal(s / t, t)); // the move chance is (1 - eps) t, so eps cancels
        }
        return kernels;
    }

    /** Returns the kernel of a first-hitting step: one letter at a uniformly chosen mask. */
    public double[][] firstHit() {
        if (timed) {
            throw new IllegalArgumentException("the hitting times are random; use a table without");
        }
        double[][] kernel = new double[STATES][STATES];
        for (int x = 0; x < STATES; x++) {
            float[] logPosterior = logPosterior(x, 0);
            if (isClean(x)) {
                kernel[x][x] = 1;
            }
            for (int i = 0; i < LENGTH * LETTERS; i++) {
                int position = i / LETTERS;
                if (token(x, position) == MASK) {
                    int cleared = x - (MASK << (2 * (LENGTH - 1 - position)));
                    int y = cleared + (i % LETTERS << (2 * (LENGTH - 1 - position)));
                    kernel[x][y] = Math.exp(logPosterior[i]) / masks(x);
                }
            }
        }
        return kernel;
    }

    /** Returns the kernel that replaces all masks by their most likely letters. */
    public double[][] mode(double t) {
        double[][] kernel = new double[STATES][STATES];
        for (int x = 0; x < STATES; x++) {
            kernel[x][modeOf(x, t)] = 1;
        }
        return kernel;
    }

    /** Returns the state with all masks replaced by their most likely letters. */
    public int modeOf(int state, double t) {
        float[] logPosterior = logPosterior(state, t);
        long[] tokens = new long[LENGTH];
        for (int position = 0; position < LENGTH; position++) {
            tokens[position] = token(state, position);
            if (tokens[position] == MASK) {
                int best = 0;
                for (int k = 1; k < LETTERS; k++) {
                    int first = position * LETTERS;
                    best = logPosterior[first + k] > logPosterior[first + best] ? k : best;
                }
                tokens[position] = best;
            }
        }
        return number(tokens, 0);
    }
}
