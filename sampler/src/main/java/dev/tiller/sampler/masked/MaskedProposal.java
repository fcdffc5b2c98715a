package dev.tiller.sampler.masked;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.State;
import dev.tiller.sampler.numerics.Categorical;
import dev.tiller.sampler.numerics.LogSpace;
import java.util.Arrays;
import java.util.List;

/**
 * The ancestral transition: at each masked position independently, letter k with weight p(x0 = k |
 * xt) (m(t) - m(s)) and the mask with weight m(s); all else is kept. Positions that are tied count
 * as one.
 *
 * <p>Drawn in log space from K + 1 uniforms per position, letters first and the mask last.
 */
final class MaskedProposal implements Proposal {
    private final State x;
    private final long[] tokens;
    private final Prediction prediction;
    private final int step;
    private final MaskedProcess process;
    private final int letters;
    private final int length;
    private final double logReveal;
    private final double logStay;
    private final List<float[]> tilt;

    MaskedProposal(
            State x,
            Prediction prediction,
            int step,
            MaskedProcess process,
            double logReveal,
            double logStay) {
        this(x, TokenRows.of(x), prediction, step, process, logReveal, logStay, null);
    }

    @SuppressWarnings("checkstyle:parameternumber") // the fields, for tilted()
    private MaskedProposal(
            State x,
            long[] tokens,
            Prediction prediction,
            int step,
            MaskedProcess process,
            double logReveal,
            double logStay,
            List<float[]> tilt) {
        this.x = x;
        this.tokens = tokens;
        this.prediction = prediction;
        this.step = step;
        this.process = process;
        this.letters = process.cleanTokens();
        this.length = x.rows() == 0 ? 0 : tokens.length / x.rows();
        this.logReveal = logReveal;
        this.logStay = logStay;
        this.tilt = tilt;
    }

    /** Writes the K + 1 log weights of one masked position. */
    private void logWeights(int row, int position, double[] out) {
        float[] logPosterior = prediction.row(row);
        for (int k = 0; k < letters; k++) {
            out[k] = logPosterior[position * letters + k] + logReveal;
        }
        out[letters] = logStay;
        if (tilt != null) {
            float[] g = tilt.get(row);
            for (int k = 0; k <= letters; k++) {
                out[k] += g[position * (letters + 1) + k];
            }
        }
    }

    @Override
    public Proposal tilted(List<float[]> tilt) {
        TokenRows.requireTilt(tilt, x.rows(), length * (letters + 1));
        return new MaskedProposal(
                x, tokens, prediction, step, process, logReveal, logStay, List.copyOf(tilt));
    }

    @Override
    public State draw(int candidates, Randomness noise, NDManager manager) {
        int rows = x.rows();
        long[] drawn = new long[rows * candidates * length];
        long[] ids = new long[rows * candidates];
        int[] chains = new int[rows * candidates];
        double[] uniforms = new double[length * (letters + 1)];
        for (int i = 0; i < ids.length; i++) {
            int row = i / candidates;
            ids[i] = x.sampleId(row);
            chains[i] = x.chain(row);
            int number = chains[i] * candidates + i % candidates;
            noise.fill(ids[i], step, Purpose.PROPOSAL, number, uniforms);
            drawRow(row, uniforms, drawn, i * length);
        }
        return TokenRows.create(drawn, ids, chains, manager);
    }

    private void drawRow(int row, double[] uniforms, long[] out, int offset) {
        double[] weights = new double[letters + 1];
        Layout layout = process.layout(x.sampleId(row));
        for (int position = 0; position < length; position++) {
            long token = tokens[row * length + position];
            if (token == letters) {
                logWeights(row, position, weights);
                int leader = layout.leaderOf(position); // tied positions share their numbers
                token = Categorical.draw(weights, uniforms, leader * (letters + 1));
            }
            out[offset + position] = token;
        }
    }

    @Override
    public double[] logProbability(State next) {
        long[] after = TokenRows.of(next);
        double[] logs = new double[x.rows()];
        double[] weights = new double[letters + 1];
        Arrays.setAll(
                logs,
                row -> {
                    double sum = 0;
                    Layout layout = process.layout(x.sampleId(row));
                    for (int position = 0; position < length; position++) {
                        int i = row * length + position;
                        int leader = row * length + layout.leaderOf(position);
                        if (leader != i) {
                            sum = after[i] == after[leader] ? sum : Double.NEGATIVE_INFINITY;
                        } else if (tokens[i] == letters) {
                            logWeights(row, position, weights);
                            sum += weights[(int) after[i]] - LogSpace.logSumExp(weights);
                        } else if (tokens[i] != after[i]) {
                            sum = Double.NEGATIVE_INFINITY;
                        }
                    }
                    return sum;
                });
        return logs;
    }
}
