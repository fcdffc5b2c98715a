package dev.tiller.sampler.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.exact.ChiSquare;
import dev.tiller.sampler.exact.ExactLaw;
import dev.tiller.sampler.exact.ExactValue;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.masked.FirstHitting;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.masked.MaskedDiffusion.Options;
import dev.tiller.sampler.masked.NoiseRemoval;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Unguided sampling and best-of-N against their exact laws. Unless a test says otherwise: n =
 * 40,000 samples, chi-square over at most 81 designs, false alarm 1e-6 each.
 */
class ExactChainIT {
    private static final int N = 40_000;
    private static final int STEPS = 6;
    private static final long SEED = 17;
    private static final double END = 1e-5;
    private static final TableChain CHAIN = new TableChain(2024, false);
    private static final TableChain TIMED = new TableChain(2024, true);

    private static NDManager manager;

    @BeforeAll
    static void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    private static MaskedDiffusion process(TableChain chain, Options options) {
        return new MaskedDiffusion(
                new TableDenoiser(chain), new LogLinear(1e-3), TableChain.LENGTH, manager, options);
    }

    private static FirstHitting firstHitting() {
        return new FirstHitting(
                new TableDenoiser(CHAIN), new LogLinear(1e-3), TableChain.LENGTH, manager);
    }

    /** The steps and the removal of noise by the mode. */
    private static List<double[][]> published(TableChain chain) {
        List<double[][]> kernels = new ArrayList<>(chain.ancestral(STEPS, END));
        kernels.add(chain.mode(END));
        return kernels;
    }

    private static long[] histogram(Decoder decoder, ReverseProcess process) {
        return TableRuns.histogram(decoder, process, N, SEED, manager);
    }

    @Test
    void ancestralSamplingFollowsItsLaw() {
        long[] counts = histogram(new Ancestral(), process(CHAIN, Options.published(STEPS)));
        ChiSquare.assertFits("ancestral", counts, ExactLaw.forward(published(CHAIN)));
    }

    @Test
    void ancestralSamplingOfATimeDependentModelFollowsItsLaw() {
        long[] counts = histogram(new Ancestral(), process(TIMED, Options.published(STEPS)));
        ChiSquare.assertFits("ancestral, timed", counts, ExactLaw.forward(published(TIMED)));
        ChiSquare.assertRejects(
                "ancestral, timed, against the model without time",
                counts,
                ExactLaw.forward(published(CHAIN)));
    }

    @Test
    void firstHittingFollowsItsLaw() {
        long[] counts = histogram(new Ancestral(), firstHitting());
        double[][] step = CHAIN.firstHit();
        double[] law = ExactLaw.forward(List.of(step, step, step, step));
        ChiSquare.assertFits("first hitting", counts, law);
        // six steps of ancestral sampling reveal several letters at once, which is another law
        ChiSquare.assertRejects(
                "first hitting against ancestral", counts, ExactLaw.forward(published(CHAIN)));
    }

    /** A sampler whose letters are drawn 30 % too hot must be found out. */
    @Test
    void aWrongTemperatureIsRejected() {
        MaskedDiffusion wrong = process(CHAIN.at(1.3), Options.published(STEPS));
        ChiSquare.assertRejects(
                "ancestral, 30 % too hot",
                histogram(new Ancestral(), wrong), ExactLaw.forward(published(CHAIN)));
    }

    @Test
    void noiseLeftAtTheEndIsRemovedByTheMode() {
        Options options = new Options(2, 0.4, NoiseRemoval.MODE);
        List<double[][]> kernels = new ArrayList<>(TIMED.ancestral(2, 0.4));
        kernels.add(TIMED.mode(0.4));
        long[] counts = histogram(new Ancestral(), process(TIMED, options));
        ChiSquare.assertFits("removal by the mode", counts, ExactLaw.forward(kernels));
    }

    @Test
    void noiseLeftAtTheEndIsRemovedByADraw() {
        long[] counts = histogram(new Ancestral(), process(TIMED, drawn(0.4)));
        ChiSquare.assertFits("removal by a draw", counts, ExactLaw.forward(drawnKernels(0.4)));
    }

    private static Options drawn(double endTime) {
        return new Options(2, endTime, NoiseRemoval.DRAW);
    }

    private static List<double[][]> drawnKernels(double endTime) {
        List<double[][]> kernels = new ArrayList<>(TIMED.ancestral(2, endTime));
        kernels.add(TIMED.reveal(0, endTime));
        return kernels;
    }

    /** Rewards of five levels, so that ties are common. */
    private static double[] rewards() {
        double[] rewards = new double[TableChain.STATES];
        Philox noise = new Philox(99);
        Arrays.setAll(
                rewards, x -> Math.round(4 * noise.uniform(x, 0, Purpose.TRAINING_INPUT, 0)) / 4.0);
        return rewards;
    }

    @Test
    void bestOfThreeFollowsItsLaw() {
        double[] rewards = rewards();
        BestOfN decoder = new BestOfN(3, ExactValue.ofTable(rewards));
        double[] law = ExactLaw.forward(published(CHAIN));
        long[] counts = histogram(decoder, process(CHAIN, Options.published(STEPS)));
        ChiSquare.assertFits("best of 3", counts, ExactLaw.bestOf(law, rewards, 3));
        ChiSquare.assertRejects("best of 3 against 2", counts, ExactLaw.bestOf(law, rewards, 2));
        double[][] hit = CHAIN.firstHit();
        double[] hitLaw = ExactLaw.forward(List.of(hit, hit, hit, hit));
        ChiSquare.assertFits(
                "best of 3, first hitting",
                histogram(decoder, firstHitting()),
                ExactLaw.bestOf(hitLaw, rewards, 3));
    }

    /** The draws that remove the noise must be independent too. */
    @Test
    void chainsOfBestOfThreeAreIndependentToTheEnd() {
        double[] rewards = rewards();
        double[] law = ExactLaw.forward(drawnKernels(0.8));
        long[] counts =
                histogram(new BestOfN(3, ExactValue.ofTable(rewards)), process(TIMED, drawn(0.8)));
        ChiSquare.assertFits(
                "best of 3, noise removed by draws", counts, ExactLaw.bestOf(law, rewards, 3));
    }

    @Test
    void bestOfNKeepsTheFirstChainOnTies() {
        double[] equal = new double[TableChain.STATES];
        for (ReverseProcess process :
                List.of(process(CHAIN, Options.published(STEPS)), firstHitting())) {
            long[] ids = LongStream.range(0, 500).toArray();
            int[] first =
                    TableRuns.designs(
                            new Ancestral(), process, ids, 500, SEED, TableRuns.ORDINARY, manager);
            int[] best =
                    TableRuns.designs(
                            new BestOfN(3, ExactValue.ofTable(equal)),
                            process,
                            ids,
                            500,
                            SEED,
                            TableRuns.ORDINARY,
                            manager);
            assertArrayEquals(first, best);
        }
    }

    /**
     * First hitting is the limit of ancestral sampling in many steps, if the model does not depend
     * on time. Exact: the laws are added up from the processes' own log-probabilities.
     */
    @Test
    void ancestralSamplingTendsToFirstHitting() {
        double[] limit = law(firstHitting());
        double[] distances =
                IntStream.of(4, 16, 64)
                        .mapToObj(steps -> new Options(steps, 0, NoiseRemoval.MODE))
                        .mapToDouble(o -> ExactLaw.totalVariation(law(process(CHAIN, o)), limit))
                        .toArray();
        System.err.println("TV to first hitting at T = 4, 16, 64: " + Arrays.toString(distances));
        // an error of order 1 / T
        assertTrue(distances[1] < distances[0] / 3);
        assertTrue(distances[2] < distances[1] / 3);
        assertTrue(distances[2] < 0.02);
    }

    private static double[] law(ReverseProcess process) {
        double[] law = new double[TableChain.STATES];
        law[TableChain.START] = 1;
        try (Ledger ledger = new Ledger(TableRuns.ORDINARY)) {
            for (int step = 0; step < process.steps(); step++) {
                double[] next = new double[TableChain.STATES];
                List<int[]> pairs = reachablePairs();
                try (State x = TableRuns.state(column(pairs, 0), manager);
                        State y = TableRuns.state(column(pairs, 1), manager)) {
                    Prediction prediction = process.predict(x, step, ledger, new Philox(SEED));
                    double[] logs = process.propose(x, prediction, step).logProbability(y);
                    for (int i = 0; i < logs.length; i++) {
                        next[pairs.get(i)[1]] += law[pairs.get(i)[0]] * Math.exp(logs[i]);
                    }
                }
                law = next;
            }
        }
        return law;
    }

    /** All pairs of states in which each position keeps its token or loses its mask. */
    private static List<int[]> reachablePairs() {
        double[][] kernel = CHAIN.reveal(0.5, 0);
        return IntStream.range(0, TableChain.STATES * TableChain.STATES)
                .mapToObj(i -> new int[] {i / TableChain.STATES, i % TableChain.STATES})
                .filter(pair -> kernel[pair[0]][pair[1]] > 0)
                .collect(Collectors.toList());
    }

    private static int[] column(List<int[]> pairs, int index) {
        return pairs.stream().mapToInt(pair -> pair[index]).toArray();
    }
}
