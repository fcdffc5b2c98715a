package dev.tiller.sampler.masked;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.State;
import dev.tiller.sampler.schedule.NoiseSchedule;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * How natural clean designs are: a Monte Carlo estimate of the evidence lower bound of log p(x0)
 * under a masked diffusion model (MDLM, Sahoo et al. 2024, arXiv 2406.07524, equation 7), the
 * "approximate log-likelihood" of DRAKES: the sum over the T steps of (m(t) - m(s)) / m(t) times
 * the log-probability of the letters that are masked at t.
 *
 * <p>Costs T network rows for each design and draw.
 */
public final class LikelihoodBound {
    private final MaskedDiffusion process;
    private final NoiseSchedule schedule;
    private final int draws;

    /**
     * Creates the estimator.
     *
     * @param process the model and its time grid
     * @param schedule the model's schedule
     * @param draws noisy states drawn at each time, at least 1
     */
    public LikelihoodBound(MaskedDiffusion process, NoiseSchedule schedule, int draws) {
        if (draws < 1) {
            throw new IllegalArgumentException("draws must be at least 1, got " + draws);
        }
        this.process = process;
        this.schedule = schedule;
        this.draws = draws;
    }

    /**
     * Estimates the bound for each design.
     *
     * @param x0 clean states
     * @param ledger where the evaluations are counted
     * @param noise the only source of randomness; draw d of a design has candidate d
     * @return float64 [rows], in nats per design, the mean over the draws; higher is more natural
     */
    public double[] estimate(State x0, Ledger ledger, Randomness noise) {
        long[] clean = TokenRows.of(x0);
        double[] sums = new double[x0.rows()];
        try (NDManager scope = x0.array(0).getManager().newSubManager()) {
            for (int draw = 0; draw < draws; draw++) {
                for (int index = 0; index < process.steps(); index++) {
                    double maskedAtT = schedule.moveChance(process.time(index));
                    double maskedAtS = schedule.moveChance(process.time(index + 1));
                    double weight = (maskedAtT - maskedAtS) / maskedAtT;
                    long[] tokens = corrupt(x0, clean, index, draw, maskedAtT, noise);
                    try (State xt = TokenRows.like(x0, tokens, scope)) {
                        Prediction prediction = process.predict(xt, index, ledger, noise);
                        for (int row = 0; row < sums.length; row++) {
                            Layout layout = process.layout(x0.sampleId(row));
                            IntPredicate isLeader = i -> layout.leaderOf(i) == i;
                            sums[row] +=
                                    weight
                                            * logLikelihood(
                                                    clean, tokens, row, prediction, isLeader);
                        }
                    }
                }
            }
        }
        return Arrays.stream(sums).map(sum -> sum / draws).toArray();
    }

    private long[] corrupt(
            State x0, long[] clean, int index, int draw, double share, Randomness noise) {
        long[] tokens = clean.clone();
        int length = process.length();
        double[] uniforms = new double[length];
        for (int row = 0; row < x0.rows(); row++) {
            Layout layout = process.layout(x0.sampleId(row));
            noise.fill(x0.sampleId(row), index, Purpose.CORRUPTION, draw, uniforms);
            for (int position = 0; position < length; position++) {
                if (uniforms[layout.leaderOf(position)] < share && layout.isFree(position)) {
                    tokens[row * length + position] = process.cleanTokens();
                }
            }
        }
        return tokens;
    }

    /** Returns the sum over the masked positions of one row. */
    private double logLikelihood(
            long[] clean, long[] tokens, int row, Prediction prediction, IntPredicate isLeader) {
        int length = process.length();
        int letters = process.cleanTokens();
        float[] logPosterior = prediction.row(row);
        double sum = 0;
        for (int position = 0; position < length; position++) {
            int i = row * length + position;
            if (tokens[i] == letters && isLeader.test(position)) {
                sum += logPosterior[position * letters + (int) clean[i]];
            }
        }
        return sum;
    }
}
