package dev.tiller.sampler.masked;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.State;
import dev.tiller.sampler.constraint.CompiledConstraints;
import dev.tiller.sampler.constraint.CompletionSampler;
import dev.tiller.sampler.numerics.LogSpace;
import java.util.List;

/**
 * The ancestral transition within constraints. Unconstrained it is: draw a clean design from the
 * product of p(x0 | xt), then reveal each of its letters by itself with probability (m(t) - m(s)) /
 * m(t). Here the design is drawn from that product conditioned on the constraints. It is the
 * witness that the next state can be completed within them, so no state of a run can fail to be.
 *
 * <p>A tilt g makes the weight of a state that of all designs behind it, so letter k at a masked
 * position of the design has weight p_k c_k, c_k = S (m(t) - m(s)) exp(g_k) + m(s) exp(g_mask), and
 * is revealed with probability S (m(t) - m(s)) exp(g_k) / c_k. S is 1, or the mass that an
 * unnormalised denoiser gives to all letters; p is normalised. Without constraints all this is the
 * law of {@link MaskedProposal}.
 *
 * <p>A draw takes one uniform for each group of tied positions, then one for each position.
 */
final class ConstrainedProposal implements Proposal {
    private final State x;
    private final long[] tokens;
    private final Prediction prediction;
    private final int step;
    private final CompiledConstraints constraints;
    private final double logReveal;
    private final double logStay;
    private final List<float[]> tilt;
    private final int letters;
    private final int length;

    /**
     * Creates a proposal.
     *
     * @param x the states
     * @param prediction the denoiser's output at {@code x}
     * @param step part of the address of the draws
     * @param constraints what the designs must satisfy
     * @param logReveal log of m(t) - m(s)
     * @param logStay log of m(s)
     */
    ConstrainedProposal(
            State x,
            Prediction prediction,
            int step,
            CompiledConstraints constraints,
            double logReveal,
            double logStay) {
        this(x, TokenRows.of(x), prediction, step, constraints, logReveal, logStay, null);
    }

    @SuppressWarnings("checkstyle:parameternumber") // the fields, for tilted()
    private ConstrainedProposal(
            State x,
            long[] tokens,
            Prediction prediction,
            int step,
            CompiledConstraints constraints,
            double logReveal,
            double logStay,
            List<float[]> tilt) {
        this.x = x;
        this.tokens = tokens;
        this.prediction = prediction;
        this.step = step;
        this.constraints = constraints;
        this.logReveal = logReveal;
        this.logStay = logStay;
        this.tilt = tilt;
        this.letters = constraints.letters();
        this.length = constraints.length();
    }

    @Override
    public Proposal tilted(List<float[]> tilt) {
        TokenRows.requireTilt(tilt, x.rows(), length * (letters + 1));
        return new ConstrainedProposal(
                x, tokens, prediction, step, constraints, logReveal, logStay, List.copyOf(tilt));
    }

    /** The weights of one particle's transition. */
    private final class Row {
        private final int row;
        private final float[] logPosterior;
        private final double[] logMass = new double[length];
        private final double[] untiltedShare = new double[length];

        Row(int row) {
            this.row = row;
            this.logPosterior = prediction.row(row);
            double[] logs = new double[letters];
            for (int position = 0; position < length; position++) {
                if (isMasked(position)) {
                    for (int k = 0; k < letters; k++) {
                        logs[k] = logPosterior[position * letters + k];
                    }
                    double mass = LogSpace.logSumExp(logs);
                    logMass[position] = mass == Double.NEGATIVE_INFINITY ? 0 : mass;
                    untiltedShare[position] = tilt == null ? share(position, 0) : 0;
                }
            }
        }

        boolean isMasked(int position) {
            return tokens[row * length + position] == letters;
        }

        double logPosterior(int position, int letter) {
            double log = logPosterior[position * letters + letter] - logMass[position];
            return Math.max(CompletionSampler.LOG_ZERO, log);
        }

        private double g(int position, int token) {
            return tilt == null ? 0 : tilt.get(row)[position * (letters + 1) + token];
        }

        private double reveal(int position, int letter) {
            return logReveal + logMass[position] + g(position, letter);
        }

        double stay(int position) {
            return logStay + g(position, letters);
        }

        /** Returns the log weight of revealing a letter or not; log 0 is replaced. */
        double either(int position, int letter) {
            double both = LogSpace.logSumExp(reveal(position, letter), stay(position));
            return both == Double.NEGATIVE_INFINITY ? CompletionSampler.LOG_ZERO : both;
        }

        /** Returns the share that is revealed, all of it where both weights are 0. */
        private double share(int position, int letter) {
            double stay = stay(position);
            return stay == Double.NEGATIVE_INFINITY
                    ? 1
                    : 1 / (1 + StrictMath.exp(stay - reveal(position, letter)));
        }

        double revealed(int position, int letter) {
            return tilt == null ? untiltedShare[position] : share(position, letter);
        }

        /** Gives a sampler the law of the designs behind this transition. */
        void condition(CompletionSampler sampler) {
            double[] logWeights = new double[length * letters];
            for (int position = 0; position < length; position++) {
                double either = isMasked(position) && tilt == null ? either(position, 0) : 0;
                for (int k = 0; k < letters && isMasked(position); k++) {
                    logWeights[position * letters + k] =
                            logPosterior(position, k)
                                    + (tilt == null ? either : either(position, k));
                }
            }
            Completions.require(sampler.condition(tokens, row * length, logWeights), row);
        }
    }

    @Override
    public State draw(int candidates, Randomness noise, NDManager manager) {
        int count = x.rows() * candidates;
        long[] drawn = new long[count * length];
        long[] ids = new long[count];
        int[] chains = new int[count];
        CompletionSampler sampler = constraints.sampler();
        double[] uniforms = new double[constraints.groups() + length];
        for (int row = 0; row < x.rows(); row++) {
            Row weights = new Row(row);
            weights.condition(sampler);
            for (int m = 0; m < candidates; m++) {
                int i = row * candidates + m;
                ids[i] = x.sampleId(row);
                chains[i] = x.chain(row);
                noise.fill(ids[i], step, Purpose.PROPOSAL, chains[i] * candidates + m, uniforms);
                sampler.draw(uniforms, drawn, i * length);
                maskAgain(weights, uniforms, drawn, i * length);
            }
        }
        return TokenRows.create(drawn, ids, chains, manager);
    }

    /** Keeps the masks that are not revealed in this step. */
    private void maskAgain(Row weights, double[] uniforms, long[] drawn, int offset) {
        for (int position = 0; position < length; position++) {
            double u = uniforms[constraints.groups() + position];
            if (weights.isMasked(position)
                    && u >= weights.revealed(position, (int) drawn[offset + position])) {
                drawn[offset + position] = letters;
            }
        }
    }

    @Override
    public double[] logProbability(State next) {
        long[] after = TokenRows.of(next);
        double[] logs = new double[x.rows()];
        CompletionSampler sampler = constraints.sampler();
        for (int row = 0; row < logs.length; row++) {
            logs[row] = logProbability(row, after, sampler);
        }
        return logs;
    }

    /** The weight of the designs behind the next state over that of all. */
    private double logProbability(int row, long[] after, CompletionSampler sampler) {
        Row weights = new Row(row);
        double[] logWeights = new double[length * letters];
        double log = 0;
        for (int position = 0; position < length; position++) {
            int now = (int) after[row * length + position];
            if (weights.isMasked(position) && now == letters) {
                log += weights.stay(position);
                for (int k = 0; k < letters; k++) {
                    logWeights[position * letters + k] = weights.logPosterior(position, k);
                }
            } else if (weights.isMasked(position)) {
                log += weights.logPosterior(position, now) + weights.either(position, now);
                log += StrictMath.log(weights.revealed(position, now));
            } else if (tokens[row * length + position] != now) {
                return Double.NEGATIVE_INFINITY;
            }
        }
        if (log == Double.NEGATIVE_INFINITY
                || !sampler.condition(after, row * length, logWeights)) {
            return Double.NEGATIVE_INFINITY;
        }
        log += sampler.logNormaliser();
        weights.condition(sampler);
        return log - sampler.logNormaliser();
    }
}
