package dev.tiller.sampler.masked;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.State;
import dev.tiller.sampler.numerics.Categorical;
import dev.tiller.sampler.schedule.NoiseSchedule;
import java.util.Arrays;

/**
 * The first-hitting sampler of masked diffusion (Zheng et al. 2024, arXiv 2409.02908): continuous
 * time without discretisation error, one token per step and L steps in all.
 *
 * <p>With n masked tokens and move chance m, the next one is revealed where the move chance has
 * fallen to m u^(1/n), u uniform; its position is uniform among the masked ones and its letter
 * drawn from p(x0 | xt) at that time.
 */
public final class FirstHitting extends MaskedProcess {
    private final NoiseSchedule schedule;

    /**
     * Creates the process.
     *
     * @param denoiser p(x0 | xt)
     * @param schedule the schedule that the denoiser was trained for
     * @param length L, tokens per design and reverse steps
     * @param devices a manager of the denoiser's device, from which calls open sub-managers
     */
    public FirstHitting(Denoiser denoiser, NoiseSchedule schedule, int length, NDManager devices) {
        super(denoiser, length, devices, NoiseRemoval.MODE);
        this.schedule = schedule;
    }

    @Override
    public int steps() {
        return length();
    }

    /** Returns the time at which token {@code index + 1} of a particle is revealed. */
    @Override
    double time(int index, long sampleId, int chain, Randomness noise) {
        double logMasked = StrictMath.log(schedule.moveChance(1));
        for (int i = 0; i <= index && i < length(); i++) {
            double u = noise.uniform(sampleId, i, Purpose.HITTING_TIME, chain);
            logMasked += StrictMath.log(u) / (length() - i);
        }
        double sigma = -StrictMath.log1p(-StrictMath.exp(logMasked));
        return Math.max(0, Math.min(1, schedule.timeAt(sigma)));
    }

    @Override
    public Proposal propose(State x, Prediction prediction, int step) {
        return new Reveal(x, prediction, step);
    }

    /** Reveals one masked token of each particle. */
    private final class Reveal implements Proposal {
        private final State x;
        private final long[] tokens;
        private final Prediction prediction;
        private final int step;

        Reveal(State x, Prediction prediction, int step) {
            this.x = x;
            this.tokens = TokenRows.of(x);
            this.prediction = prediction;
            this.step = step;
        }

        private int[] maskedPositions(int row) {
            return java.util.stream.IntStream.range(0, length())
                    .filter(position -> tokens[row * length() + position] == cleanTokens())
                    .toArray();
        }

        @Override
        public State draw(int candidates, Randomness noise, NDManager manager) {
            int count = x.rows() * candidates;
            long[] drawn = new long[count * length()];
            long[] ids = new long[count];
            int[] chains = new int[count];
            for (int i = 0; i < count; i++) {
                int row = i / candidates;
                ids[i] = x.sampleId(row);
                chains[i] = x.chain(row);
                System.arraycopy(tokens, row * length(), drawn, i * length(), length());
                int[] masked = maskedPositions(row);
                if (masked.length > 0) {
                    int number = chains[i] * candidates + i % candidates;
                    double u = noise.uniform(ids[i], step, Purpose.HITTING_POSITION, number);
                    int position = masked[(int) (u * masked.length)];
                    drawn[i * length() + position] = letter(row, position, number, noise);
                }
            }
            return TokenRows.create(drawn, ids, chains, manager);
        }

        private int letter(int row, int position, int number, Randomness noise) {
            double[] uniforms = new double[cleanTokens()];
            noise.fill(x.sampleId(row), step, Purpose.PROPOSAL, number, uniforms);
            double[] logWeights = new double[cleanTokens()];
            Arrays.setAll(logWeights, k -> prediction.row(row)[position * cleanTokens() + k]);
            return Categorical.draw(logWeights, uniforms, 0);
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
            for (int position = 0; position < length(); position++) {
                int i = row * length() + position;
                if (tokens[i] != after[i]) {
                    if (revealed >= 0 || tokens[i] != cleanTokens()) {
                        return Double.NEGATIVE_INFINITY;
                    }
                    revealed = position;
                }
            }
            int masked = maskedPositions(row).length;
            if (revealed < 0) {
                return masked == 0 ? 0 : Double.NEGATIVE_INFINITY;
            }
            int letter = (int) after[row * length() + revealed];
            float logLetter = prediction.row(row)[revealed * cleanTokens() + letter];
            return logLetter - StrictMath.log(masked);
        }
    }
}
