package dev.tiller.sampler.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Ledger.Account;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.Refinement.Options;
import dev.tiller.sampler.masked.FirstHitting;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.masked.UniformDenoiser;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * A reward of few levels, in the manner of Ehrlich functions (Stanton et al. 2024, arXiv
 * 2407.00236): the product over motifs of the share of their letters that is there at the best
 * place. The model knows nothing, so all that is gained is gained by refinement.
 */
class RefinementPlateauIT {
    private static final int LENGTH = 20;
    private static final int LETTERS = 8;
    private static final int DESIGNS = 12;
    private static final int ROUNDS = 500;
    private static final long[][] MOTIFS = {{1, 5, 2, 7}, {6, 0, 3, 3}, {4, 2, 4, 1}};
    private static final int[][] OFFSETS = {{0, 1, 3, 4}, {0, 2, 3, 5}, {0, 1, 2, 4}};

    private static double score(long[] tokens, int first) {
        double product = 1;
        for (int m = 0; m < MOTIFS.length; m++) {
            int best = 0;
            for (int place = 0; place + OFFSETS[m][3] < LENGTH; place++) {
                int hits = 0;
                for (int i = 0; i < 4; i++) {
                    hits += tokens[first + place + OFFSETS[m][i]] == MOTIFS[m][i] ? 1 : 0;
                }
                best = Math.max(best, hits);
            }
            product *= best / 4.0;
        }
        return product;
    }

    /** Counts what it scores. */
    private static final class Motifs implements SoftValue {
        @Override
        public double[] estimate(State x, int index, Ledger ledger, Randomness noise) {
            long[] tokens = x.array(0).toLongArray();
            List<Double> scores =
                    ledger.evaluate(
                            Account.REWARD,
                            this,
                            x.rowKeys(),
                            rows ->
                                    Arrays.stream(rows)
                                            .mapToObj(row -> score(tokens, row * LENGTH))
                                            .toList());
            return scores.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    private record Result(double mean, long solved, double calls) {}

    private static Result run(Decoder decoder, ReverseProcess process, NDManager manager) {
        long[] ids = LongStream.range(0, DESIGNS).toArray();
        try (Ledger ledger = new Ledger(new Ledger.Options(1, 1 << 16, true));
                State x =
                        decoder.decode(
                                process, ids, new Philox(8), ledger, manager, StepListener.NONE)) {
            long[] tokens = x.array(0).toLongArray();
            double[] scores =
                    IntStream.range(0, DESIGNS)
                            .mapToDouble(row -> score(tokens, row * LENGTH))
                            .toArray();
            return new Result(
                    Arrays.stream(scores).average().orElseThrow(),
                    Arrays.stream(scores).filter(score -> score == 1).count(),
                    ledger.rows(Account.REWARD) / (double) DESIGNS);
        }
    }

    /** Each with at most 501 scored designs for one returned design. */
    @Test
    void walkingOnPlateausSolvesWhatTheBestOfManyDoesNot() {
        double never = Double.POSITIVE_INFINITY;
        Motifs reward = new Motifs();
        Svdd unguided = new Svdd(1, 0, reward);
        Options notWorse = Options.of(ROUNDS, Renoising.ofLetters(2)).until(1);
        Options better =
                new Options(ROUNDS, Renoising.ofLetters(2), Acceptance.better(), 1, never, 1);
        try (NDManager manager = NDManager.newBaseManager()) {
            UniformDenoiser uniform = new UniformDenoiser(LETTERS);
            LogLinear schedule = new LogLinear(1e-3);
            ReverseProcess hitting = new FirstHitting(uniform, schedule, LENGTH, manager);
            // uniform designs as well, in one step
            ReverseProcess once =
                    new MaskedDiffusion(
                            uniform,
                            schedule,
                            LENGTH,
                            manager,
                            MaskedDiffusion.Options.published(1));
            Result many = run(new BestOfN(ROUNDS + 1, reward), once, manager);
            Decoder start = new Ancestral();
            Result climbing =
                    run(new Refinement(start, unguided, reward, better), hitting, manager);
            Result walking =
                    run(new Refinement(start, unguided, reward, notWorse), hitting, manager);
            System.err.println("best of N " + many);
            System.err.println("better    " + climbing);
            System.err.println("not worse " + walking);
            assertTrue(walking.mean() > climbing.mean() + 0.05);
            assertTrue(climbing.mean() > many.mean() + 0.05);
            assertEquals(0, many.solved());
            assertTrue(walking.solved() > climbing.solved());
            assertTrue(walking.calls() < many.calls()); // the target stops it
        }
    }
}
