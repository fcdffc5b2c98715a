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
import java.util.stream.IntStream;

/**
 * The first-hitting transition: reveals one masked token of each particle, at a uniform position,
 * with a letter drawn from p(x0 | xt). Positions that are tied count as one.
 */
final class RevealOne implements Proposal {
    private final State x;
    private final long[] tokens;
    private final Prediction prediction;
    private final int step;
    private final MaskedProcess process;
    private final int letters;
    private final int length;
    private final List<float[]> tilt;

    RevealOne(State x, Prediction prediction, int step, MaskedProcess process) {
        this(x, TokenRows.of(x), prediction, step, process, null);
    }

    private RevealOne(
            State x,
            long[] tokens,
            Prediction prediction,
            int step,
            MaskedProcess process,
            List<float[]> tilt) {
        this.x = x;
        this.tokens = tokens;
        this.prediction = prediction;
        this.step = step;
        this.process = process;
        this.letters = process.cleanTokens();
        this.length = x.rows() == 0 ? 0 : tokens.length / x.rows();
        this.tilt = tilt;
    }

    @Override
    public Proposal tilted(List<float[]> tilt) {
        TokenRows.requireTilt(tilt, x.rows(), length * (letters + 1));
        return new RevealOne(x, tokens, prediction, step, process, List.copyOf(tilt));
    }

    /** Returns the masked positions, of tied ones the first. */
    private int[] maskedPositions(int row) {
        Layout layout = process.layout(x.sampleId(row));
        return IntStream.range(0, length)
                .filter(position -> tokens[row * length + position] == letters)
                .filter(position -> layout.leaderOf(position) == position)
                .toArray();
    }

    /** Returns the K log weights of the letters, should {@code position} be revealed. */
    private double[] logWeights(int row, int position) {
        double[] weights = new double[letters];
        Arrays.setAll(weights, k -> prediction.row(row)[position * letters + k]);
        if (tilt != null) {
            float[] g = tilt.get(row);
            int offset = position * (letters + 1);
            // where it must go that is no weight of the position, but the choice of it
            double mask = mustReveal(row, position) ? 0 : g[offset + letters];
            // linear in the state: a letter that comes is a mask that goes; no tilt allows a letter
            // that the prediction, which may be conditioned on constraints, excludes
            Arrays.setAll(
                    weights,
                    k ->
                            weights[k] == Double.NEGATIVE_INFINITY
                                    ? weights[k]
                                    : weights[k] + g[offset + k] - mask);
        }
        return weights;
    }

    /** Whether the tilt excludes that {@code position} stays masked. */
    private boolean mustReveal(int row, int position) {
        int mask = position * (letters + 1) + letters;
        return tilt != null && tilt.get(row)[mask] == Float.NEGATIVE_INFINITY;
    }

    /** Returns the log weight of each masked position: 0 unless tilted. */
    private double[] positionWeights(int row, int[] masked) {
        double[] weights = new double[masked.length];
        if (tilt != null) {
            int[] due = Arrays.stream(masked).filter(l -> mustReveal(row, l)).toArray();
            if (due.length > 1) {
                throw new IllegalArgumentException(
                        "tilt of a step that reveals one token must allow all masks but one to"
                                + " stay, got "
                                + due.length
                                + " that must go in row "
                                + row);
            }
            Arrays.setAll(
                    weights,
                    i ->
                            due.length == 0 || due[0] == masked[i]
                                    ? LogSpace.logSumExp(logWeights(row, masked[i]))
                                    : Double.NEGATIVE_INFINITY);
        }
        return weights;
    }

    @Override
    public State draw(int candidates, Randomness noise, NDManager manager) {
        int count = x.rows() * candidates;
        long[] drawn = new long[count * length];
        long[] ids = new long[count];
        int[] chains = new int[count];
        for (int i = 0; i < count; i++) {
            int row = i / candidates;
            ids[i] = x.sampleId(row);
            chains[i] = x.chain(row);
            System.arraycopy(tokens, row * length, drawn, i * length, length);
            int[] masked = maskedPositions(row);
            if (masked.length > 0) {
                int number = chains[i] * candidates + i % candidates;
                int position = position(row, masked, number, noise);
                int letter = letter(row, position, number, noise);
                Layout layout = process.layout(ids[i]);
                for (int tied = position; tied < length; tied++) {
                    if (layout.leaderOf(tied) == position) {
                        drawn[i * length + tied] = letter;
                    }
                }
            }
        }
        return TokenRows.create(drawn, ids, chains, manager);
    }

    private int position(int row, int[] masked, int number, Randomness noise) {
        long id = x.sampleId(row);
        if (tilt == null) {
            double u = noise.uniform(id, step, Purpose.HITTING_POSITION, number);
            return masked[(int) (u * masked.length)];
        }
        double[] uniforms = new double[masked.length];
        noise.fill(id, step, Purpose.HITTING_POSITION, number, uniforms);
        return masked[Categorical.draw(positionWeights(row, masked), uniforms, 0)];
    }

    private int letter(int row, int position, int number, Randomness noise) {
        double[] uniforms = new double[letters];
        noise.fill(x.sampleId(row), step, Purpose.PROPOSAL, number, uniforms);
        return Categorical.draw(logWeights(row, position), uniforms, 0);
    }

    @Override
    public double[] logProbability(State next) {
        long[] after = TokenRows.of(next);
        double[] logs = new double[x.rows()];
        Arrays.setAll(logs, row -> logProbability(row, after));
        return logs;
    }

    private double logProbability(int row, long[] after) {
        int revealed = -1;
        Layout layout = process.layout(x.sampleId(row));
        for (int position = 0; position < length; position++) {
            int i = row * length + position;
            int leader = layout.leaderOf(position);
            if (leader != position) {
                if (after[i] != after[row * length + leader]) {
                    return Double.NEGATIVE_INFINITY;
                }
            } else if (tokens[i] != after[i]) {
                if (revealed >= 0 || tokens[i] != letters) {
                    return Double.NEGATIVE_INFINITY;
                }
                revealed = position;
            }
        }
        int[] masked = maskedPositions(row);
        if (revealed < 0) {
            return masked.length == 0 ? 0 : Double.NEGATIVE_INFINITY;
        }
        double logLetter = logWeights(row, revealed)[(int) after[row * length + revealed]];
        double[] positions = positionWeights(row, masked);
        int chosen = Arrays.binarySearch(masked, revealed);
        return positions[chosen] == Double.NEGATIVE_INFINITY
                ? positions[chosen]
                : logLetter - LogSpace.logSumExp(positions);
    }
}
