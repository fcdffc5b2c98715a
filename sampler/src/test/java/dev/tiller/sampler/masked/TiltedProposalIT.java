package dev.tiller.sampler.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.exact.ChiSquare;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableGuidance;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tilted transitions against the tilted kernels of the table chain, all in float64. */
class TiltedProposalIT {
    private static final int STEPS = 6;
    private static final int STEP = 2;
    private static final TableChain CHAIN = new TableChain(2024, false);
    private static final TableGuidance GUIDANCE = new TableGuidance(7, 1.5);
    private static final double[][] ANCESTRAL = CHAIN.ancestral(STEPS, 1e-5).get(STEP);
    private static final double[][] HITTING = CHAIN.firstHit();

    /** All masks, one letter known, one mask left, none left. */
    private static final int[] STARTS = {255, 191, 0b01001011, 0b01001001};

    private NDManager manager;
    private Ledger ledger;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
        ledger = new Ledger(TableRuns.ORDINARY);
    }

    @AfterEach
    void close() {
        ledger.close();
        manager.close();
    }

    private MaskedDiffusion ancestral() {
        return new MaskedDiffusion(
                new TableDenoiser(CHAIN),
                new LogLinear(1e-3),
                TableChain.LENGTH,
                manager,
                MaskedDiffusion.Options.published(STEPS));
    }

    private FirstHitting firstHitting() {
        return new FirstHitting(
                new TableDenoiser(CHAIN), new LogLinear(1e-3), TableChain.LENGTH, manager);
    }

    private Proposal plain(ReverseProcess process, State x) {
        return process.propose(x, process.predict(x, STEP, ledger, new Philox(1)), STEP);
    }

    private Proposal tilted(ReverseProcess process, State x) {
        return plain(process, x).tilted(tilt(x));
    }

    private List<float[]> tilt(State x) {
        return GUIDANCE.tilt(x, new Prediction(List.of()), STEP, ledger, new Philox(1));
    }

    private State copies(int state, int count) {
        return TableRuns.state(IntStream.generate(() -> state).limit(count).toArray(), manager);
    }

    private void requireLaw(ReverseProcess process, double[][] kernel) {
        double[][] law = GUIDANCE.apply(kernel);
        State all = TableRuns.state(IntStream.range(0, TableChain.STATES).toArray(), manager);
        for (int x = 0; x < TableChain.STATES; x++) {
            State copies = copies(x, TableChain.STATES);
            double[] plain = plain(process, copies).logProbability(all);
            assertArrayEquals(kernel[x], Arrays.stream(plain).map(Math::exp).toArray(), 1e-6);
            double[] logs = tilted(process, copies).logProbability(all);
            double[] probabilities = Arrays.stream(logs).map(Math::exp).toArray();
            assertArrayEquals(law[x], probabilities, 1e-6);
            assertEquals(1, Arrays.stream(probabilities).sum(), 1e-12, "state " + x);
            copies.close();
        }
    }

    @Test
    void probabilitiesOfTheAncestralStepAreTiltedAndNormalised() {
        requireLaw(ancestral(), ANCESTRAL);
    }

    @Test
    void probabilitiesOfTheHittingStepAreTiltedAndNormalised() {
        requireLaw(firstHitting(), HITTING);
    }

    /** n = 20,000 for each start, chi-square, false alarm 1e-6 each. */
    @Test
    void drawsFollowTheTiltedLaw() {
        for (int start : STARTS) {
            requireDraws("ancestral", ancestral(), start, ANCESTRAL);
            requireDraws("first hitting", firstHitting(), start, HITTING);
        }
    }

    private void requireDraws(String name, ReverseProcess process, int start, double[][] kernel) {
        State x = copies(start, 5000);
        State drawn = tilted(process, x).draw(4, new Philox(3), manager);
        long[] counts = new long[TableChain.STATES];
        for (int state : TableRuns.numbers(drawn)) {
            counts[state]++;
        }
        String what = "tilted " + name + " from " + start;
        if (TableChain.isClean(start)) {
            assertEquals(20_000, counts[start], what);
        } else {
            ChiSquare.assertFits(what, counts, GUIDANCE.apply(kernel)[start]);
            ChiSquare.assertRejects(what + ", against no tilt", counts, kernel[start]);
        }
    }

    /** Adding the same to all tokens of a position changes no probability, and so no draw. */
    @Test
    void aConstantTiltChangesNoAncestralDraw() {
        State x = copies(TableChain.START, 500);
        float[] constant = new float[TableChain.LENGTH * (TableChain.LETTERS + 1)];
        Arrays.fill(constant, 0.5f);
        Proposal plain = plain(ancestral(), x);
        Proposal tilted = plain.tilted(Collections.nCopies(500, constant));
        assertArrayEquals(
                TableRuns.numbers(plain.draw(2, new Philox(3), manager)),
                TableRuns.numbers(tilted.draw(2, new Philox(3), manager)));
    }

    @Test
    void aLetterMayBeForbidden() {
        State x = copies(TableChain.START, 500);
        float[] g = new float[TableChain.LENGTH * (TableChain.LETTERS + 1)];
        g[0] = Float.NEGATIVE_INFINITY;
        for (ReverseProcess process : List.of(ancestral(), firstHitting())) {
            Proposal tilted = plain(process, x).tilted(Collections.nCopies(500, g));
            State drawn = tilted.draw(2, new Philox(3), manager);
            int[] firsts =
                    Arrays.stream(TableRuns.numbers(drawn))
                            .map(state -> TableChain.token(state, 0))
                            .sorted()
                            .distinct()
                            .toArray();
            assertArrayEquals(new int[] {1, 2, 3}, firsts);
        }
    }

    /** A tilt may exclude that a position stays masked; a step reveals one token at most. */
    @Test
    void aMaskMayBeForbidden() {
        State x = copies(TableChain.START, 500);
        float[] g = new float[TableChain.LENGTH * (TableChain.LETTERS + 1)];
        int third = 2 * (TableChain.LETTERS + 1);
        g[third] = 1.5f;
        g[third + TableChain.LETTERS] = Float.NEGATIVE_INFINITY;
        for (ReverseProcess process : List.of(ancestral(), firstHitting())) {
            Proposal tilted = plain(process, x).tilted(Collections.nCopies(500, g));
            State drawn = tilted.draw(1, new Philox(3), manager);
            for (int state : TableRuns.numbers(drawn)) {
                assertTrue(TableChain.token(state, 2) < TableChain.LETTERS);
            }
            for (double log : tilted.logProbability(drawn)) {
                assertTrue(log <= 0 && Double.isFinite(log), "log " + log);
            }
            for (double log : tilted.logProbability(x)) {
                assertEquals(Double.NEGATIVE_INFINITY, log);
            }
        }
        State one = copies(TableChain.START, 1);
        Proposal tilted = plain(firstHitting(), one).tilted(List.of(g));
        double sum = 0;
        for (int position = 0; position < TableChain.LENGTH; position++) {
            for (int letter = 0; letter < TableChain.LETTERS; letter++) {
                int weight = 1 << (2 * position);
                int next = TableChain.START - (TableChain.LETTERS - letter) * weight;
                sum += Math.exp(tilted.logProbability(copies(next, 1))[0]);
            }
        }
        assertEquals(1, sum, 1e-6);
        g[TableChain.LETTERS] = Float.NEGATIVE_INFINITY;
        Proposal impossible = plain(firstHitting(), one).tilted(List.of(g));
        assertEquals(
                "tilt of a step that reveals one token must allow all masks but one to stay, got 2"
                        + " that must go in row 0",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> impossible.draw(1, new Philox(3), manager))
                        .getMessage());
    }

    @Test
    void refusesTiltsOfAnotherShape() {
        State x = copies(TableChain.START, 2);
        for (ReverseProcess process : List.of(ancestral(), firstHitting())) {
            Proposal plain = plain(process, x);
            assertRefused(
                    "tilt must have one row for each of the 2 particles, got 1",
                    plain,
                    List.of(new float[16]));
            assertRefused(
                    "tilt must have L * (K + 1) = 16 numbers, got 12",
                    plain,
                    List.of(new float[16], new float[12]));
            float[] bad = new float[16];
            bad[3] = Float.NaN;
            assertRefused(
                    "tilt must be finite or negative infinity, got NaN",
                    plain,
                    List.of(new float[16], bad));
        }
    }

    private static void assertRefused(String text, Proposal plain, List<float[]> tilt) {
        assertEquals(
                text,
                assertThrows(IllegalArgumentException.class, () -> plain.tilted(tilt))
                        .getMessage());
    }

    /** 2,000 designs of 4 letters; each share is within 6 standard deviations of its chance. */
    @Test
    void corruptionMasksTheShareOfItsTime() {
        int n = 2000;
        int clean = 0b01001001;
        State x0 = copies(clean, n);
        for (int index = 0; index <= STEPS; index++) {
            double time = 1 - index * (1 - 1e-5) / STEPS;
            requireMasks(ancestral(), x0, index, index == 0 ? 1 : (1 - 1e-3) * time);
        }
        for (int index = 0; index <= TableChain.LENGTH; index++) {
            requireMasks(firstHitting(), x0, index, 1 - index / 4.0);
        }
    }

    private void requireMasks(ReverseProcess process, State x0, int index, double share) {
        int clean = TableRuns.numbers(x0)[0];
        int letters = x0.rows() * TableChain.LENGTH;
        int[] noisy = TableRuns.numbers(process.corrupt(x0, index, new Philox(5), manager));
        int masks = 0;
        for (int state : noisy) {
            for (int position = 0; position < TableChain.LENGTH; position++) {
                int token = TableChain.token(state, position);
                if (token == TableChain.LETTERS) {
                    masks++;
                } else {
                    assertEquals(TableChain.token(clean, position), token);
                }
            }
        }
        double deviation = Math.sqrt(share * (1 - share) / letters);
        assertEquals(share, masks / (double) letters, 6 * deviation, "index " + index);
        assertArrayEquals(
                noisy, TableRuns.numbers(process.corrupt(x0, index, new Philox(5), manager)));
    }
}
