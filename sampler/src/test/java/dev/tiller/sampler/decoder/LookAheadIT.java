package dev.tiller.sampler.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.exact.ChiSquare;
import dev.tiller.sampler.exact.ExactLaw;
import dev.tiller.sampler.exact.ExactValue;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableGuidance;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SVDD that looks at fewer candidates, SVDD-R, and both with a guidance. */
class LookAheadIT {
    private static final int STEPS = 6;
    private static final int M = 4;
    private static final int N = 200;
    private static final long SEED = 61;
    private static final TableChain CHAIN = new TableChain(2024, false);
    private static final TableGuidance GUIDANCE = new TableGuidance(7, 1.2);
    private static final double[] TABLE = table(98);
    private static final SoftValue VALUE = ExactValue.ofTable(TABLE);
    private static final SoftValue NEVER =
            (x, index, ledger, noise) -> {
                throw new AssertionError("asked at " + index);
            };

    private NDManager manager;
    private final List<String> asked = new ArrayList<>();

    private static double[] table(long seed) {
        double[] table = new double[TableChain.STATES];
        Philox noise = new Philox(seed);
        Arrays.setAll(table, x -> noise.uniform(x, 0, Purpose.TRAINING_INPUT, 0));
        return table;
    }

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private ReverseProcess process() {
        return new MaskedDiffusion(
                new TableDenoiser(CHAIN),
                new LogLinear(1e-3),
                TableChain.LENGTH,
                manager,
                MaskedDiffusion.Options.published(STEPS));
    }

    private int[] designs(Decoder decoder, int n) {
        return TableRuns.designs(
                decoder,
                process(),
                LongStream.range(0, n).toArray(),
                n,
                SEED,
                TableRuns.ORDINARY,
                manager);
    }

    private SoftValue recorded(String name, SoftValue value) {
        return (x, index, ledger, noise) -> {
            asked.add(name + " " + x.rows() + " at " + index);
            return value.estimate(x, index, ledger, noise);
        };
    }

    private static Svdd svdd(Svdd.Options options, SoftValue value, SoftValue screen) {
        return new Svdd(options, value, screen, Guidance.NONE);
    }

    /** Looking at all candidates in another order of asking gives the same designs. */
    @Test
    void savingsThatSaveNothingChangeNothing() {
        for (double tau : new double[] {0, 0.3}) {
            Svdd.Options plain = Svdd.Options.plain(M, tau);
            int[] expected = designs(new Svdd(M, tau, VALUE), N);
            for (Svdd.Options options :
                    List.of(
                            plain,
                            plain.withInterval(1),
                            plain.withScreened(M),
                            plain.withAdaptive(1, -1),
                            plain.withAdaptive(2, -1),
                            plain.withAdaptive(M, 1e9))) {
                assertArrayEquals(expected, designs(svdd(options, VALUE, NEVER), N));
            }
            // candidates that are all equal need no choice
            assertArrayEquals(
                    expected, designs(svdd(plain.withAdaptive(M - 1, -1), VALUE, NEVER), N));
        }
    }

    @Test
    void looksAheadAtEachKthStepOnly() {
        Svdd.Options second = Svdd.Options.plain(M, 0.3).withInterval(2);
        designs(svdd(second, recorded("value", VALUE), NEVER), 5);
        assertEquals(List.of("value 20 at 2", "value 20 at 4", "value 20 at 6"), asked);
        Svdd.Options never = Svdd.Options.plain(M, 0.3).withInterval(STEPS + 1);
        assertArrayEquals(designs(new Ancestral(), N), designs(svdd(never, NEVER, NEVER), N));
    }

    /** The law of SVDD with k = 2: n = 8000, chi-square, false alarm 1e-6. */
    @Test
    void theOtherStepsAreUnguided() {
        double tau = 0.3;
        double[] weights = Arrays.stream(TABLE).map(v -> Math.exp(v / tau)).toArray();
        List<double[][]> kernels = CHAIN.ancestral(STEPS, 1e-5);
        for (int step = 1; step < STEPS; step += 2) {
            kernels.set(step, ExactLaw.guided(kernels.get(step), weights, 2));
        }
        kernels.add(CHAIN.mode(1e-5));
        Svdd.Options second = Svdd.Options.plain(2, tau).withInterval(2);
        requireLaw("SVDD, k = 2", svdd(second, VALUE, NEVER), kernels);
    }

    private void requireLaw(String what, Decoder decoder, List<double[][]> kernels) {
        long[] counts = TableRuns.histogram(decoder, process(), 8000, SEED, manager);
        ChiSquare.assertFits(what, counts, ExactLaw.forward(kernels));
    }

    @Test
    void guidedStepsFollowTheTiltedKernels() {
        List<double[][]> kernels = new ArrayList<>();
        double[] weights = Arrays.stream(TABLE).map(v -> Math.exp(v / 0.3)).toArray();
        List<double[][]> looking = new ArrayList<>();
        for (double[][] kernel : CHAIN.ancestral(STEPS, 1e-5)) {
            kernels.add(GUIDANCE.apply(kernel));
            looking.add(ExactLaw.guided(GUIDANCE.apply(kernel), weights, 2));
        }
        kernels.add(CHAIN.mode(1e-5));
        looking.add(CHAIN.mode(1e-5));
        requireLaw("guided", new Ancestral(GUIDANCE), kernels);
        Svdd guided = new Svdd(Svdd.Options.plain(2, 0.3), VALUE, NEVER, GUIDANCE);
        requireLaw("guided SVDD, M = 2", guided, looking);
    }

    @Test
    void theScreenLetsTheBestByItsValuePass() {
        Svdd.Options two = Svdd.Options.plain(M, 0).withScreened(2);
        designs(svdd(two, recorded("value", VALUE), recorded("screen", VALUE)), 5);
        assertEquals("screen 20 at 1", asked.get(0));
        assertEquals("value 10 at 1", asked.get(1));
        assertEquals(2 * STEPS, asked.size());
        // a screen that agrees with the value loses nothing at tau = 0
        assertArrayEquals(designs(new Svdd(M, 0, VALUE), N), designs(svdd(two, VALUE, VALUE), N));
        // one that passes a single candidate decides alone
        SoftValue other = ExactValue.ofTable(table(99));
        Svdd.Options one = Svdd.Options.plain(M, 0.3).withScreened(1);
        assertArrayEquals(designs(new Svdd(M, 0, other), N), designs(svdd(one, VALUE, other), N));
    }

    @Test
    void theOthersAreLookedAtOnlyIfTheFirstDiffer() {
        Svdd.Options plain = Svdd.Options.plain(M, 0.3);
        int[] two = designs(svdd(plain.withAdaptive(2, 1), recorded("value", VALUE), NEVER), N);
        assertEquals("value 400 at 1", asked.get(0));
        assertEquals(STEPS, asked.size()); // values are in (0, 1)
        assertFalse(Arrays.equals(two, designs(new Svdd(M, 0.3, VALUE), N)));
        asked.clear();
        designs(svdd(plain.withAdaptive(2, 0.3), recorded("value", VALUE), NEVER), N);
        long rows = asked.stream().mapToLong(text -> Long.parseLong(text.split(" ")[1])).sum();
        assertTrue(rows > 2L * N * STEPS && rows < 4L * N * STEPS, "rows " + rows);
    }

    @Test
    void refusesValuesThatAreNotFinite() {
        SoftValue bad =
                (x, index, ledger, noise) -> {
                    double[] values = new double[x.rows()];
                    values[x.rows() - 1] = Double.NEGATIVE_INFINITY;
                    return values;
                };
        Svdd.Options options = Svdd.Options.plain(M, 0.3).withScreened(3).withAdaptive(2, -1);
        for (Svdd decoder : List.of(svdd(options, bad, VALUE), svdd(options, VALUE, bad))) {
            String message =
                    assertThrows(IllegalStateException.class, () -> designs(decoder, 2))
                            .getMessage();
            assertTrue(
                    message.startsWith("values must be finite, got -Infinity for candidate row "),
                    message);
        }
    }

    @Test
    void svddRWithoutReplacementOrWithOneParticleIsSvdd() {
        for (double tau : new double[] {0, 0.3}) {
            int[] expected = designs(new Svdd(M, tau, VALUE), N);
            for (double share : new double[] {0, 0.05, 1}) {
                SvddR.Options one = new SvddR.Options(1, M, tau, share, Keep.BEST);
                assertArrayEquals(expected, designs(new SvddR(one, VALUE, NEVER), N));
            }
        }
    }

    /** M = 1 and all replaced by the best: after each step the group is one state. */
    @Test
    void svddRReplacesTheWorstByTheBest() {
        List<double[]> values = new ArrayList<>();
        SoftValue recording =
                (x, index, ledger, noise) -> {
                    values.add(VALUE.estimate(x, index, ledger, noise));
                    return values.get(values.size() - 1);
                };
        SvddR.Options all = new SvddR.Options(4, 1, 0, 1, Keep.BEST);
        int[] design = designs(new SvddR(all, recording, VALUE), 1);
        double best = Arrays.stream(values.get(STEPS - 1)).max().orElseThrow();
        assertEquals(best, TABLE[design[0]]);
        assertEquals(STEPS, values.size());
    }

    /** n = 1000: the mean reward rises with the share; its standard deviation is below 0.01. */
    @Test
    void svddRGathersTheGroupAtTheGood() {
        double[] means = new double[2];
        for (int i = 0; i < 2; i++) {
            SvddR.Options options = new SvddR.Options(4, 2, 0.1, 0.5 * i, Keep.DRAW);
            int[] designs = designs(new SvddR(options, VALUE, NEVER), 1000);
            means[i] = Arrays.stream(designs).mapToDouble(x -> TABLE[x]).average().orElseThrow();
        }
        System.err.println("SVDD-R, mean rewards: " + Arrays.toString(means));
        assertTrue(means[1] > means[0] + 0.04);
    }
}
