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
 * position of the design has weight p_k c_k, c_k = (m(t) - m(s)) exp(g_k) + m(s) exp(g_mask), and
 * is revealed with probability (m(t) - m(s)) exp(g_k) / c_k.
 *
 * <p>A draw takes one uniform for each group of tied positions, then one for each position.
 */
final class ConstrainedProposal implements Proposal {
    private final State x;
    private final long[] tokens;
    private final Prediction prediction;
    private final int step;
    private final CompiledConstraints constraints;
    private final Chances chances;
    private final int letters;
    private final int length;

    /** The log weights of revealing a letter and of keeping the mask; tilt may be null. */
    private record Chances(double logReveal, double logStay, List<float[]> tilt, int letters) {
        double stay(int row, int position) {
            return tilt == null ? logStay : logStay + g(row, position, letters);
        }

        private double reveal(int row, int position, int letter) {
            return tilt == null ? logReveal : logReveal + g(row, position, letter);
        }

        private float g(int row, int position, int token) {
            return tilt.get(row)[position * (letters + 1) + token];
        }

        /** Returns the log weight of both together; log 0 is replaced. */
        double either(int row, int position, int letter) {
            double both = LogSpace.logSumExp(reveal(row, position, letter), stay(row, position));
            return both == Double.NEGATIVE_INFINITY ? CompletionSampler.LOG_ZERO : both;
        }

        /** Returns the share that is revealed, all of it where both weights are 0. */
        double share(int row, int position, int letter) {
            double stay = stay(row, position);
            return stay == Double.NEGATIVE_INFINITY
                    ? 1
                    : 1 / (1 + StrictMath.exp(stay - reveal(row, position, letter)));
        }
    }

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
        this(
                x,
                TokenRows.of(x),
                prediction,
                step,
                constraints,
                new Chances(logReveal, logStay, null, constraints.letters()));
    }

    private ConstrainedProposal(
            State x,
            long[] tokens,
            Prediction prediction,
            int step,
            CompiledConstraints constraints,
            Chances chances) {
        this.x = x;
        this.tokens = tokens;
        this.prediction = prediction;
        this.step = step;
        this.constraints = constraints;
        this.chances = chances;
        this.letters = constraints.letters();
        this.length = constraints.length();
    }

    @Override
    public Proposal tilted(List<float[]> tilt) {
        TokenRows.requireTilt(tilt, x.rows(), length * (letters + 1));
        Chances tilted =
                new Chances(chances.logReveal(), chances.logStay(), List.copyOf(tilt), letters);
        return new ConstrainedProposal(x, tokens, prediction, step, constraints, tilted);
    }

    private double logPosterior(int row, int position, int letter) {
        return Math.max(
                CompletionSampler.LOG_ZERO, prediction.row(row)[position * letters + letter]);
    }

    /** Writes the log weights of the letters at masked positions: those of this transition. */
    private void logWeights(int row, double[] out) {
        boolean untilted = chances.tilt() == null;
        double common = untilted ? chances.either(row, 0, 0) : 0;
        for (int position = 0; position < length; position++) {
            if (tokens[row * length + position] == letters) {
                for (int k = 0; k < letters; k++) {
                    double either = untilted ? common : chances.either(row, position, k);
                    out[position * letters + k] = logPosterior(row, position, k) + either;
                }
            }
        }
    }

    @Override
    public State draw(int candidates, Randomness noise, NDManager manager) {
        int count = x.rows() * candidates;
        long[] drawn = new long[count * length];
        long[] ids = new long[count];
        int[] chains = new int[count];
        CompletionSampler sampler = constraints.sampler();
        double[] logWeights = new double[length * letters];
        double[] uniforms = new double[constraints.groups() + length];
        for (int i = 0; i < count; i++) {
            int row = i / candidates;
            if (i % candidates == 0) {
                logWeights(row, logWeights);
                Completions.require(sampler.condition(tokens, row * length, logWeights), row);
            }
            ids[i] = x.sampleId(row);
            chains[i] = x.chain(row);
            int number = chains[i] * candidates + i % candidates;
            noise.fill(ids[i], step, Purpose.PROPOSAL, number, uniforms);
            sampler.draw(uniforms, drawn, i * length);
            maskAgain(row, uniforms, drawn, i * length);
        }
        return TokenRows.create(drawn, ids, chains, manager);
    }

    /** Keeps the masks that are not revealed in this step. */
    private void maskAgain(int row, double[] uniforms, long[] drawn, int offset) {
        boolean untilted = chances.tilt() == null;
        double common = untilted ? chances.share(row, 0, 0) : 0;
        for (int position = 0; position < length; position++) {
            if (tokens[row * length + position] == letters) {
                int letter = (int) drawn[offset + position];
                double share = untilted ? common : chances.share(row, position, letter);
                if (uniforms[constraints.groups() + position] >= share) {
                    drawn[offset + position] = letters;
                }
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
        double[] logWeights = new double[length * letters];
        double log = 0;
        for (int position = 0; position < length; position++) {
            int before = (int) tokens[row * length + position];
            int now = (int) after[row * length + position];
            if (before == letters && now == letters) {
                log += chances.stay(row, position);
                for (int k = 0; k < letters; k++) {
                    logWeights[position * letters + k] = logPosterior(row, position, k);
                }
            } else if (before == letters) {
                log += logPosterior(row, position, now);
                log += chances.either(row, position, now);
                log += StrictMath.log(chances.share(row, position, now));
            } else if (before != now) {
                return Double.NEGATIVE_INFINITY;
            }
        }
        if (log == Double.NEGATIVE_INFINITY
                || !sampler.condition(after, row * length, logWeights)) {
            return Double.NEGATIVE_INFINITY;
        }
        log += sampler.logNormaliser();
        logWeights(row, logWeights);
        Completions.require(sampler.condition(tokens, row * length, logWeights), row);
        return log - sampler.logNormaliser();
    }
}
