package dev.tiller.sampler.exact;

import static dev.tiller.sampler.exact.TableChain.LENGTH;
import static dev.tiller.sampler.exact.TableChain.LETTERS;
import static dev.tiller.sampler.exact.TableChain.STATES;

import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.State;
import java.util.Arrays;
import java.util.List;

/** A guidance with an arbitrary tilt for each state of the table chain, the same at all steps. */
public final class TableGuidance implements Guidance {
    private static final int WIDTH = LENGTH * (LETTERS + 1);

    private final float[][] tilts = new float[STATES][WIDTH];

    /**
     * Fills the table.
     *
     * @param seed of the table
     * @param largest bound of the numbers
     */
    public TableGuidance(long seed, double largest) {
        Philox noise = new Philox(seed);
        double[] uniforms = new double[WIDTH];
        for (int state = 0; state < STATES; state++) {
            noise.fill(state, 0, Purpose.INITIALIZATION, 0, uniforms);
            for (int i = 0; i < WIDTH; i++) {
                tilts[state][i] = (float) (largest * (2 * uniforms[i] - 1));
            }
        }
    }

    @Override
    public List<float[]> tilt(
            State x, Prediction prediction, int step, Ledger ledger, Randomness noise) {
        return Arrays.stream(TableRuns.numbers(x)).mapToObj(state -> tilts[state]).toList();
    }

    /** Returns p(y | x) exp(g(x) . y), normalised for each x. */
    public double[][] apply(double[][] kernel) {
        double[][] tilted = new double[STATES][STATES];
        for (int x = 0; x < STATES; x++) {
            double sum = 0;
            for (int y = 0; y < STATES; y++) {
                double log = 0;
                for (int position = 0; position < LENGTH; position++) {
                    int token = TableChain.token(y, position);
                    log += tilts[x][position * (LETTERS + 1) + token];
                }
                tilted[x][y] = kernel[x][y] * Math.exp(log);
                sum += tilted[x][y];
            }
            for (int y = 0; y < STATES; y++) {
                tilted[x][y] /= sum;
            }
        }
        return tilted;
    }
}
