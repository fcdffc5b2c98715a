package dev.tiller.sampler.decoder;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.decoder.Refinement.Options;
import dev.tiller.sampler.exact.ChiSquare;
import dev.tiller.sampler.exact.ExactLaw;
import dev.tiller.sampler.exact.ExactValue;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.masked.FirstHitting;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.masked.UniformDenoiser;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Refinement against its exact law on the chain of 3 letters and 4 positions. */
class RefinementExactIT {
    private static final int STEPS = 4;
    private static final double END = 1e-5;
    private static final double TAU = 0.3;
    private static final double NEVER = Double.POSITIVE_INFINITY;
    private static final long SEED = 77;
    private static final TableChain CHAIN = new TableChain(2024, false);
    private static final double[] REWARDS = rewards();
    private static final SoftValue REWARD = ExactValue.ofTable(REWARDS);
    private static final Svdd UNGUIDED = new Svdd(1, 0, REWARD);
    private static final Renoising ALL = Renoising.ofSteps(1);

    private static NDManager manager;

    private static double[] rewards() {
        double[] rewards = new double[TableChain.STATES];
        Philox noise = new Philox(98);
        Arrays.setAll(rewards, x -> noise.uniform(x, 0, Purpose.TRAINING_INPUT, 0));
        return rewards;
    }

    @BeforeAll
    static void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    private static ReverseProcess ancestral(Denoiser denoiser) {
        return new MaskedDiffusion(
                denoiser,
                new LogLinear(1e-3),
                TableChain.LENGTH,
                manager,
                MaskedDiffusion.Options.published(STEPS));
    }

    private static List<double[][]> kernels() {
        List<double[][]> kernels = new ArrayList<>(CHAIN.ancestral(STEPS, END));
        kernels.add(CHAIN.mode(END));
        return kernels;
    }

    private static long[] histogram(Svdd svdd, Options options, int n) {
        return histogram(svdd, options, ancestral(new TableDenoiser(CHAIN)), n);
    }

    private static long[] histogram(Svdd svdd, Options options, ReverseProcess process, int n) {
        Refinement refinement = new Refinement(new Ancestral(), svdd, REWARD, options);
        return TableRuns.histogram(refinement, process, n, SEED, manager);
    }

    /** From pure noise, the better of old and new is the best of R + 1. n = 20,000. */
    @Test
    void keepingTheBetterOfIndependentDesignsIsBestOfN() {
        double[] law = ExactLaw.forward(kernels());
        double[] levels = Arrays.stream(REWARDS).map(r -> Math.floor(4 * r)).toArray();
        for (double[] rewards : List.of(REWARDS, levels)) { // with few ties, and with many
            SoftValue reward = ExactValue.ofTable(rewards);
            Refinement refinement =
                    new Refinement(
                            new Ancestral(),
                            UNGUIDED,
                            reward,
                            new Options(2, ALL, Acceptance.better(), 1, NEVER, NEVER));
            ReverseProcess process = ancestral(new TableDenoiser(CHAIN));
            long[] counts = TableRuns.histogram(refinement, process, 20_000, SEED, manager);
            ChiSquare.assertFits("better, 2 rounds", counts, ExactLaw.bestOf(law, rewards, 3));
            ChiSquare.assertRejects(
                    "better, 2 rounds, as 3", counts, ExactLaw.bestOf(law, rewards, 4));
        }
    }

    /** From pure noise, whatever is drawn is taken: one round is SVDD again. n = 20,000. */
    @Test
    void takingEachDesignFromPureNoiseIsTheDecoderItself() {
        ExactValue value = ExactValue.of(kernels(), REWARDS, TAU);
        List<double[][]> guided = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            double[] weights = Arrays.stream(value.at(i + 1)).map(v -> Math.exp(v / TAU)).toArray();
            guided.add(ExactLaw.guided(kernels().get(i), weights, 2));
        }
        guided.add(CHAIN.mode(END));
        Options always = new Options(1, ALL, Acceptance.always(), 1, NEVER, NEVER);
        long[] counts = histogram(new Svdd(2, TAU, value), always, 20_000);
        ChiSquare.assertFits("always, M = 2", counts, ExactLaw.forward(guided));
    }

    /**
     * The independence sampler: proposals from the model, accepted by exp((r' - r) / tau). n =
     * 20,000 after 2 rounds against the exact law of 2 rounds, and n = 4,000 after 40 rounds, where
     * that law is the target up to 1e-3, against p(x0) exp(r(x0) / tau) / Z.
     */
    @Test
    void metropolisFromPureNoiseTendsToTheTiltedDistribution() {
        double[] law = ExactLaw.forward(kernels());
        double[] target = ExactLaw.tilted(law, REWARDS, TAU);
        double[][] proposals = new double[TableChain.STATES][];
        Arrays.fill(proposals, law);
        double[][] round = metropolis(proposals);

        ChiSquare.assertFits(
                "metropolis, 2 rounds",
                histogram(UNGUIDED, metropolis(2, ALL), 20_000),
                after(2, law, round));
        double[] late = after(40, law, round);
        assertTrue(ExactLaw.totalVariation(late, target) < 1e-3);
        assertTrue(ExactLaw.totalVariation(law, target) > 0.2);
        long[] counts = histogram(UNGUIDED, metropolis(40, ALL), 4_000);
        ChiSquare.assertFits("metropolis, 40 rounds", counts, target);
        ChiSquare.assertRejects("metropolis, 40 rounds, as unguided", counts, law);
    }

    /**
     * A model that knows nothing is the posterior of its own designs, so partial noise leaves its
     * law alone and the target is exp(r(x0) / tau) / Z. n = 4,000.
     */
    @Test
    void metropolisWithPartialNoiseTendsToTheTiltedDistribution() {
        UniformDenoiser uniform = new UniformDenoiser(TableChain.LETTERS);
        double[] law = new double[TableChain.STATES];
        Arrays.setAll(law, x -> TableChain.isClean(x) ? 1 / 81.0 : 0);
        double[] target = ExactLaw.tilted(law, REWARDS, TAU);

        double[] late = after(100, law, metropolis(oneLetter()));
        assertTrue(ExactLaw.totalVariation(late, target) < 5e-3);
        FirstHitting hitting =
                new FirstHitting(uniform, new LogLinear(1e-3), TableChain.LENGTH, manager);
        Options letters = metropolis(100, Renoising.ofLetters(1));
        ChiSquare.assertFits(
                "metropolis, 1 letter", histogram(UNGUIDED, letters, hitting, 4_000), target);

        ChiSquare.assertFits(
                "metropolis, half of the letters",
                histogram(
                        UNGUIDED,
                        metropolis(40, Renoising.ofShare(0.5)),
                        ancestral(uniform),
                        4_000),
                target);
    }

    private static Options metropolis(int rounds, Renoising renoising) {
        return new Options(rounds, renoising, Acceptance.metropolis(TAU), 1, NEVER, NEVER);
    }

    /** Draws one letter anew, uniformly. */
    private static double[][] oneLetter() {
        double[][] kernel = new double[TableChain.STATES][TableChain.STATES];
        for (int x = 0; x < TableChain.STATES; x++) {
            for (int position = 0; position < TableChain.LENGTH; position++) {
                int place = 2 * (TableChain.LENGTH - 1 - position);
                int cleared = x - (TableChain.token(x, position) << place);
                for (int k = 0; k < TableChain.LETTERS; k++) {
                    kernel[x][cleared + (k << place)] +=
                            1.0 / TableChain.LENGTH / TableChain.LETTERS;
                }
            }
        }
        return kernel;
    }

    private static double[][] metropolis(double[][] proposals) {
        double[][] kernel = new double[TableChain.STATES][TableChain.STATES];
        for (int x = 0; x < TableChain.STATES; x++) {
            double moved = 0;
            for (int y = 0; y < TableChain.STATES; y++) {
                double accepted = Math.min(1, Math.exp((REWARDS[y] - REWARDS[x]) / TAU));
                kernel[x][y] = x == y ? 0 : proposals[x][y] * accepted;
                moved += kernel[x][y];
            }
            kernel[x][x] = 1 - moved;
        }
        return kernel;
    }

    private static double[] after(int rounds, double[] law, double[][] kernel) {
        double[] now = law.clone();
        for (int round = 0; round < rounds; round++) {
            double[] next = new double[now.length];
            for (int x = 0; x < now.length; x++) {
                for (int y = 0; y < now.length; y++) {
                    next[y] += now[x] * kernel[x][y];
                }
            }
            now = next;
        }
        return now;
    }
}
