package dev.tiller.guidance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.decoder.Ancestral;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.numerics.LogSpace;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClassifierFreeGuidanceIT {
    private static final TableChain CONDITIONAL = new TableChain(1, true);
    private static final TableChain UNCONDITIONAL = new TableChain(2, true);
    private static final double T = 0.7;

    private NDManager root;
    private NDManager manager;
    private NDArray xt;

    @BeforeEach
    void open() {
        root = NDManager.newBaseManager();
        manager = root.newSubManager();
        int[] states = IntStream.range(0, TableChain.STATES).toArray();
        xt = TableRuns.state(states, manager).array(0);
    }

    @AfterEach
    void close() {
        root.close();
    }

    private static ClassifierFreeGuidance guidance(double weight, boolean normalised) {
        return new ClassifierFreeGuidance(
                new TableDenoiser(CONDITIONAL),
                new TableDenoiser(UNCONDITIONAL),
                weight,
                normalised);
    }

    private float[] logPosterior(Denoiser denoiser) {
        double[] times = new double[TableChain.STATES];
        Arrays.fill(times, T);
        return denoiser.logPosterior(xt, times).toFloatArray();
    }

    /** (1 + w) log p(x0 | xt, class) - w log p(x0 | xt), in float64. */
    private static float[] expected(double weight, boolean normalised) {
        int width = TableChain.LENGTH * TableChain.LETTERS;
        float[] expected = new float[TableChain.STATES * width];
        for (int state = 0; state < TableChain.STATES; state++) {
            float[] with = CONDITIONAL.logPosterior(state, T);
            float[] without = UNCONDITIONAL.logPosterior(state, T);
            for (int first = 0; first < width; first += TableChain.LETTERS) {
                double[] logs = new double[TableChain.LETTERS];
                for (int k = 0; k < logs.length; k++) {
                    logs[k] = (1 + weight) * with[first + k] - weight * without[first + k];
                }
                double norm = normalised ? LogSpace.logSumExp(logs) : 0;
                for (int k = 0; k < logs.length; k++) {
                    expected[state * width + first + k] = (float) (logs[k] - norm);
                }
            }
        }
        return expected;
    }

    @Test
    void weighsTheTwoModelsInLogSpace() {
        for (double weight : new double[] {-0.5, 0.3, 2}) {
            for (boolean normalised : new boolean[] {false, true}) {
                // a few roundings of float32 at magnitudes up to 10
                assertArrayEquals(
                        expected(weight, normalised),
                        logPosterior(guidance(weight, normalised)),
                        5e-6f);
            }
        }
    }

    @Test
    void normalisedPosteriorsSumToOneAndOthersDoNot() {
        assertEquals(0, furthestFromOne(guidance(2, true)), 1e-6);
        assertTrue(furthestFromOne(guidance(2, false)) > 0.1);
    }

    private double furthestFromOne(Denoiser denoiser) {
        float[] logs = logPosterior(denoiser);
        double furthest = 0;
        for (int first = 0; first < logs.length; first += TableChain.LETTERS) {
            double sum = 0;
            for (int k = 0; k < TableChain.LETTERS; k++) {
                sum += Math.exp(logs[first + k]);
            }
            furthest = Math.max(furthest, Math.abs(sum - 1));
        }
        return furthest;
    }

    @Test
    void weightZeroIsTheConditionalModel() {
        float[] conditional = logPosterior(new TableDenoiser(CONDITIONAL));
        assertArrayEquals(conditional, logPosterior(guidance(0, false)));
        assertArrayEquals(conditional, logPosterior(guidance(0, true)), 1e-6f);
        float[] unconditional = logPosterior(new TableDenoiser(UNCONDITIONAL));
        assertArrayEquals(unconditional, logPosterior(guidance(-1, true)), 1e-6f);
    }

    @Test
    void theResultBelongsToTheManagerOfTheInput() {
        int before = root.getManagedArrays().size();
        NDArray result = guidance(1, true).logPosterior(xt, new double[TableChain.STATES]);
        assertSame(manager, result.getManager());
        assertEquals(before + 1, root.getManagedArrays().size());
        assertEquals(
                new Shape(TableChain.STATES, TableChain.LENGTH, TableChain.LETTERS),
                result.getShape());
        assertEquals(DataType.FLOAT32, result.getDataType());
        assertSame(manager, xt.getManager());
        assertFalse(xt.isReleased());
    }

    @Test
    void dependsOnTimeIfOneOfTheModelsDoes() {
        Denoiser timed = new TableDenoiser(CONDITIONAL);
        Denoiser plain = new TableDenoiser(new TableChain(3, false));
        assertTrue(new ClassifierFreeGuidance(timed, plain, 1, true).dependsOnTime());
        assertTrue(new ClassifierFreeGuidance(plain, timed, 1, true).dependsOnTime());
        assertFalse(new ClassifierFreeGuidance(plain, plain, 1, true).dependsOnTime());
        assertEquals(TableChain.LETTERS, guidance(1, true).cleanTokens());
    }

    /** The two networks are one denoiser for the sampler, whatever the ledger saves. */
    @Test
    void samplesTheSameDesignsWithAndWithoutSavings() {
        long[] ids = LongStream.range(0, 40).toArray();
        int[][] designs = new int[2][];
        for (int i = 0; i < 2; i++) {
            designs[i] =
                    TableRuns.designs(
                            new Ancestral(),
                            GuidedChain.process(guidance(1.5, i == 0), root),
                            ids,
                            7,
                            3,
                            new Ledger.Options(2, 3, true),
                            manager);
            assertArrayEquals(
                    designs[i],
                    TableRuns.designs(
                            new Ancestral(),
                            GuidedChain.process(guidance(1.5, i == 0), root),
                            ids,
                            40,
                            3,
                            new Ledger.Options(1, 100, false),
                            manager));
        }
        // without normalisation tokens are revealed at another pace
        assertFalse(Arrays.equals(designs[0], designs[1]));
    }

    @Test
    void refusesModelsThatDoNotFit() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> guidance(Double.NaN, true));
        assertEquals("weight must be finite, got NaN", e.getMessage());
        Denoiser other = new OtherAlphabet();
        e =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new ClassifierFreeGuidance(
                                        new TableDenoiser(CONDITIONAL), other, 1, true));
        assertEquals(
                "both denoisers must have the same alphabet, got 3 and 4 clean tokens",
                e.getMessage());
    }

    private static final class OtherAlphabet implements Denoiser {
        @Override
        public NDArray logPosterior(NDArray xt, double[] t) {
            throw new UnsupportedOperationException("never called");
        }

        @Override
        public boolean dependsOnTime() {
            return false;
        }

        @Override
        public int cleanTokens() {
            return 4;
        }
    }
}
