package dev.tiller.sampler.masked;

import static dev.tiller.sampler.exact.TableChain.LENGTH;
import static dev.tiller.sampler.exact.TableChain.LETTERS;
import static dev.tiller.sampler.exact.TableChain.STATES;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.constraint.AllDesigns;
import dev.tiller.sampler.constraint.CompiledConstraints;
import dev.tiller.sampler.constraint.Constraints;
import dev.tiller.sampler.decoder.Ancestral;
import dev.tiller.sampler.exact.ChiSquare;
import dev.tiller.sampler.exact.ExactLaw;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Constrained transitions against sums over all designs; 3 letters and 4 positions. */
class ConstrainedProcessIT {
    private static final int STEPS = 6;
    private static final double STAY = 2.0 / 3; // of step 3 of 6: from t = 3/6 to s = 2/6
    private static final TableChain CHAIN = new TableChain(2024, false);
    private static final int[] ALL_STATES = IntStream.range(0, STATES).toArray();

    private static final List<Constraints> KINDS =
            List.of(
                    Constraints.parse(Map.of("fixed", Map.of(2, "B"), "exclude", "C")),
                    Constraints.parse(Map.of("forbid", List.of("AA", "B.C"))),
                    Constraints.parse(Map.of("tied", List.of("1=4"), "require", List.of("[BC]A"))),
                    Constraints.parse(
                            Map.of(
                                    "allowed", Map.of("3", "BC"),
                                    "forbid", List.of("AB"),
                                    "tied", List.of("1-2=3-4"))));

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

    private static CompiledConstraints compiled(Constraints constraints) {
        return constraints.compile(AllDesigns.ALPHABET, LENGTH);
    }

    private MaskedDiffusion ancestral(Constraints constraints, NoiseRemoval removal) {
        return new MaskedDiffusion(
                new TableDenoiser(CHAIN),
                new LogLinear(0),
                LENGTH,
                manager,
                new MaskedDiffusion.Options(STEPS, 0, removal),
                compiled(constraints));
    }

    private FirstHitting firstHitting(Constraints constraints) {
        return new FirstHitting(
                new TableDenoiser(CHAIN),
                new LogLinear(1e-3),
                LENGTH,
                manager,
                compiled(constraints));
    }

    /** A tilt for one row, in [-1, 1]; a function of the state. */
    private static float[] tilt(int state) {
        double[] uniforms = new double[LENGTH * (LETTERS + 1)];
        new Philox(8).fill(state, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        float[] tilt = new float[uniforms.length];
        for (int i = 0; i < tilt.length; i++) {
            tilt[i] = (float) (2 * uniforms[i] - 1);
        }
        return tilt;
    }

    private static double[] tilted(double[] law, float[] tilt) {
        double[] weights = new double[STATES];
        for (int y = 0; y < STATES; y++) {
            double g = 0;
            for (int position = 0; position < LENGTH; position++) {
                g += tilt[position * (LETTERS + 1) + TableChain.token(y, position)];
            }
            weights[y] = law[y] * Math.exp(g);
        }
        return ConstrainedChain.normalised(weights);
    }

    private Proposal proposal(ReverseProcess process, int x, int rows, boolean tilted) {
        int[] repeated = new int[rows];
        Arrays.fill(repeated, x);
        State from = TableRuns.state(repeated, manager);
        Prediction prediction = process.predict(from, 3, ledger, new Philox(1));
        Proposal proposal = process.propose(from, prediction, 3);
        List<float[]> tilts = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            tilts.add(tilt(x));
        }
        return tilted ? proposal.tilted(tilts) : proposal;
    }

    /** All next states of a third of all states, for each kind, tilted and not. */
    @Test
    void logProbabilityIsTheSumOverAllDesigns() {
        State next = TableRuns.state(ALL_STATES, manager);
        for (Constraints constraints : KINDS) {
            ConstrainedChain exact = new ConstrainedChain(CHAIN, constraints);
            MaskedDiffusion ancestral = ancestral(constraints, NoiseRemoval.MODE);
            FirstHitting hitting = firstHitting(constraints);
            for (int x = 0; x < STATES; x += 3) {
                if (exact.canBeCompleted(x)) {
                    assertLaw(proposal(ancestral, x, STATES, false), next, exact.reveal(x, STAY));
                    assertLaw(
                            proposal(ancestral, x, STATES, true),
                            next,
                            tilted(exact.reveal(x, STAY), tilt(x)));
                    assertLaw(proposal(hitting, x, STATES, false), next, exact.firstHit(x));
                    assertLaw(
                            proposal(hitting, x, STATES, true),
                            next,
                            tilted(exact.firstHit(x), tilt(x)));
                }
            }
        }
    }

    private static void assertLaw(Proposal proposal, State next, double[] law) {
        double[] logs = proposal.logProbability(next);
        double sum = 0;
        for (int y = 0; y < STATES; y++) {
            assertEquals(law[y], Math.exp(logs[y]), 3e-7);
            assertEquals(law[y] == 0, logs[y] == Double.NEGATIVE_INFINITY);
            sum += Math.exp(logs[y]);
        }
        assertEquals(1, sum, 1e-6);
    }

    /** Two kinds, both processes, tilted and not. n = 20,000, chi-square, false alarm 1e-6 each. */
    @Test
    void drawsFollowTheTransition() {
        for (Constraints constraints : KINDS.subList(2, 4)) {
            ConstrainedChain exact = new ConstrainedChain(CHAIN, constraints);
            int x = exact.start();
            for (boolean tilted : new boolean[] {false, true}) {
                double[] revealed = exact.reveal(x, STAY);
                double[] hit = exact.firstHit(x);
                String name = constraints.toMap() + (tilted ? ", tilted" : "");
                assertDraws(
                        name + ", ancestral",
                        proposal(ancestral(constraints, NoiseRemoval.MODE), x, 2, tilted),
                        tilted ? tilted(revealed, tilt(x)) : revealed);
                assertDraws(
                        name + ", first hitting",
                        proposal(firstHitting(constraints), x, 2, tilted),
                        tilted ? tilted(hit, tilt(x)) : hit);
            }
        }
    }

    private void assertDraws(String name, Proposal proposal, double[] law) {
        long[] counts = new long[STATES];
        State drawn = proposal.draw(10_000, new Philox(21), manager);
        IntStream.of(TableRuns.numbers(drawn)).forEach(y -> counts[y]++);
        ChiSquare.assertFits(name, counts, law);
    }

    /** Returns the start and the steps; the last one, to s = 0, leaves no mask. */
    private static List<double[][]> kernels(ConstrainedChain exact) {
        List<double[][]> kernels = new ArrayList<>();
        double[][] begin = new double[STATES][STATES];
        begin[TableChain.START][exact.start()] = 1;
        kernels.add(begin);
        for (int step = 0; step < STEPS; step++) {
            double stay = 1 - 1.0 / (STEPS - step);
            double[][] kernel = new double[STATES][STATES];
            for (int x = 0; x < STATES; x++) {
                kernel[x] = exact.canBeCompleted(x) ? exact.reveal(x, stay) : kernel[x];
            }
            kernels.add(kernel);
        }
        return kernels;
    }

    /**
     * Whole runs follow the product of the constrained kernels. How far that is from the law of
     * unconstrained designs that happen to satisfy the constraints is told, and is not nothing. n =
     * 20,000, chi-square, false alarm 1e-6 each.
     */
    @Test
    void runsFollowTheirLaw() {
        double[] unconstrained = ExactLaw.forward(CHAIN.ancestral(STEPS, 0));
        for (Constraints constraints : KINDS) {
            ConstrainedChain exact = new ConstrainedChain(CHAIN, constraints);
            double[] law = ExactLaw.forward(kernels(exact));
            MaskedDiffusion process = ancestral(constraints, NoiseRemoval.MODE);
            long[] counts = TableRuns.histogram(new Ancestral(), process, 20_000, 17, manager);
            ChiSquare.assertFits(constraints.toMap() + ", ancestral", counts, law);
            double[] conditioned = new double[STATES];
            Arrays.setAll(conditioned, x -> exact.satisfied(x) ? unconstrained[x] : 0);
            conditioned = ConstrainedChain.normalised(conditioned);
            double distance = ExactLaw.totalVariation(law, conditioned);
            System.err.printf(
                    Locale.ROOT,
                    "%s: %.4f from the conditioned unconstrained law%n",
                    constraints.toMap(),
                    distance);
            ChiSquare.assertRejects(
                    constraints.toMap() + ", against the conditioned law", counts, conditioned);
        }
    }

    @Test
    void firstHittingRunsFollowTheirLaw() {
        for (Constraints constraints : KINDS) {
            ConstrainedChain exact = new ConstrainedChain(CHAIN, constraints);
            FirstHitting process = firstHitting(constraints);
            double[][] step = new double[STATES][STATES];
            double[][] begin = new double[STATES][STATES];
            begin[TableChain.START][exact.start()] = 1;
            for (int x = 0; x < STATES; x++) {
                step[x] = exact.canBeCompleted(x) ? exact.firstHit(x) : step[x];
            }
            List<double[][]> kernels = new ArrayList<>();
            kernels.add(begin);
            for (int i = 0; i < process.steps(); i++) {
                kernels.add(step);
            }
            long[] counts = TableRuns.histogram(new Ancestral(), process, 20_000, 17, manager);
            String name = constraints.toMap() + ", first hitting";
            ChiSquare.assertFits(name, counts, ExactLaw.forward(kernels));
        }
    }

    @Test
    void noiseRemovalByDrawsFollowsItsLaw() {
        Constraints constraints = KINDS.get(1);
        MaskedDiffusion process =
                new MaskedDiffusion(
                        new TableDenoiser(CHAIN),
                        new LogLinear(0),
                        LENGTH,
                        manager,
                        new MaskedDiffusion.Options(1, 0.5, NoiseRemoval.DRAW),
                        compiled(constraints));
        ConstrainedChain exact = new ConstrainedChain(CHAIN, constraints);
        double[][] half = new double[STATES][STATES];
        double[][] rest = new double[STATES][STATES];
        for (int x = 0; x < STATES; x++) {
            half[x] = exact.canBeCompleted(x) ? exact.reveal(x, 0.5) : half[x];
            rest[x] = exact.canBeCompleted(x) ? exact.reveal(x, 0) : rest[x];
        }
        long[] counts = TableRuns.histogram(new Ancestral(), process, 20_000, 17, manager);
        ChiSquare.assertFits("removal by draws", counts, ExactLaw.forward(List.of(half, rest)));
    }

    @Test
    void theModeIsTheMostProbableDesignWithinTheConstraints() {
        for (Constraints constraints : KINDS) {
            ConstrainedChain exact = new ConstrainedChain(CHAIN, constraints);
            int[] states = IntStream.of(ALL_STATES).filter(exact::canBeCompleted).toArray();
            State x = TableRuns.state(states, manager);
            MaskedDiffusion process = ancestral(constraints, NoiseRemoval.MODE);
            Prediction prediction = process.predict(x, 0, ledger, new Philox(1));
            State mode = process.posteriorMode(x, prediction, 0, manager);
            int[] expected = IntStream.of(states).map(exact::mode).toArray();
            assertArrayEquals(expected, TableRuns.numbers(mode));
        }
    }

    /** Equal rows of one sample get equal draws, whatever is between them. */
    @Test
    void posteriorDrawsAreAddressedBySampleIndexAndDraw() {
        MaskedDiffusion process = ancestral(KINDS.get(1), NoiseRemoval.MODE);
        int[] states = new int[300];
        long[] ids = new long[states.length];
        Arrays.setAll(states, i -> i % 3 == 1 ? 0b11_01_11_11 : TableChain.START);
        Arrays.setAll(ids, i -> i / 3);
        State x = TableRuns.state(states, ids, manager);
        Prediction prediction = process.predict(x, 1, ledger, new Philox(3));
        Philox noise = new Philox(3);
        int[] first = numbers(process.posteriorDraw(x, prediction, 1, 0, noise, manager));
        for (int i = 0; i < first.length; i += 3) {
            assertEquals(first[i], first[i + 2]);
        }
        assertTrue(IntStream.of(first).distinct().count() > 10);
        assertArrayEquals(
                first, numbers(process.posteriorDraw(x, prediction, 1, 0, noise, manager)));
        int[] other = numbers(process.posteriorDraw(x, prediction, 1, 1, noise, manager));
        assertTrue(!Arrays.equals(first, other));
        ConstrainedChain exact = new ConstrainedChain(CHAIN, KINDS.get(1));
        assertTrue(IntStream.of(first).allMatch(exact::satisfied));
    }

    private static int[] numbers(State x) {
        return TableRuns.numbers(x);
    }

    /** Position 2 is fixed; 1 and 4 are tied, 1 is fixed, so 4 is. */
    @Test
    void whatIsFixedIsKnownFromTheStartAndNeverMasked() {
        Constraints constraints =
                Constraints.parse(
                        Map.of("fixed", Map.of(1, "C"), "tied", List.of("1=4"), "exclude", "A"));
        for (ReverseProcess process :
                List.of(ancestral(constraints, NoiseRemoval.MODE), firstHitting(constraints))) {
            State prior =
                    process.prior(new long[] {5, 6}, new int[] {1, 0}, new Philox(1), manager);
            assertArrayEquals(new long[] {2, 3, 3, 2, 2, 3, 3, 2}, prior.array(0).toLongArray());
            assertArrayEquals(new long[] {5, 6}, prior.sampleIds());
            int[] designs = new int[50];
            Arrays.fill(designs, 0b10_01_10_10);
            State x0 = TableRuns.state(designs, manager);
            State again = process.corrupt(x0, 0, new Philox(1), manager);
            int[] start = new int[50];
            Arrays.fill(start, 0b10_11_11_10);
            assertArrayEquals(start, TableRuns.numbers(again));
            State part = process.corrupt(x0, 1, new Philox(1), manager);
            for (int state : TableRuns.numbers(part)) {
                assertEquals(0b10_00_00_10, state & 0b11_00_00_11);
            }
            State clean = TableRuns.state(new int[] {0b10_01_10_10, 0b10_01_00_10}, manager);
            IllegalArgumentException e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> process.corrupt(clean, 1, new Philox(1), manager));
            assertEquals(
                    "designs to noise again must satisfy the constraints, got one in row 1 that"
                            + " has A at position 3",
                    e.getMessage());
        }
        assertEquals(2, firstHitting(constraints).steps());
    }

    @Test
    void firstHittingOfAFixedDesignIsOneEmptyStep() {
        Constraints constraints = Constraints.parse(Map.of("template", "ABCA"));
        FirstHitting process = firstHitting(constraints);
        assertEquals(1, process.steps());
        long[] counts = TableRuns.histogram(new Ancestral(), process, 10, 17, manager);
        assertEquals(10, counts[0b00_01_10_00]);
        State x0 = TableRuns.state(new int[] {0b00_01_10_00}, manager);
        State noised = process.corrupt(x0, 0, new Philox(3), manager);
        assertArrayEquals(new int[] {0b00_01_10_00}, TableRuns.numbers(noised));
    }

    @Test
    void refusesStatesThatCannotBeCompleted() {
        MaskedDiffusion process = ancestral(KINDS.get(1), NoiseRemoval.MODE);
        State x = TableRuns.state(new int[] {TableChain.START, 0b00_00_11_11}, manager);
        Prediction prediction = process.predict(x, 0, ledger, new Philox(1));
        String message =
                "states must have letters of a design within the constraints, got others in row 1;"
                        + " start from the prior of the process";
        for (Runnable action :
                List.<Runnable>of(
                        () -> process.posteriorMode(x, prediction, 0, manager),
                        () -> process.posteriorDraw(x, prediction, 0, 0, new Philox(1), manager),
                        () -> process.propose(x, prediction, 0).draw(1, new Philox(1), manager))) {
            assertEquals(
                    message, assertThrows(IllegalStateException.class, action::run).getMessage());
        }
    }

    @Test
    void refusesConstraintsForOtherDesigns() {
        CompiledConstraints other = Constraints.NONE.compile("ABCD", 5);
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new FirstHitting(
                                        new TableDenoiser(CHAIN),
                                        new LogLinear(0),
                                        LENGTH,
                                        manager,
                                        other));
        assertEquals(
                "constraints must be compiled for 4 positions and 3 letters, got 5 and 4",
                e.getMessage());
    }

    /** Also if the letters have not all of the mass, as where a network gives some to the mask. */
    @Test
    void withoutConstraintsTheTransitionIsThePlainOne() {
        Philox noise = new Philox(9);
        double[] uniforms = new double[LENGTH * LETTERS];
        noise.fill(1, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        float[] logs = new float[uniforms.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = (float) Math.log(0.3 * uniforms[i]);
        }
        int x = 0b11_01_11_11;
        int[] repeated = new int[STATES];
        Arrays.fill(repeated, x);
        State from = TableRuns.state(repeated, manager);
        State next = TableRuns.state(ALL_STATES, manager);
        Prediction prediction = new Prediction(Collections.nCopies(STATES, logs));
        List<float[]> tilts = Collections.nCopies(STATES, tilt(x));
        Proposal plain =
                new MaskedProposal(
                        from,
                        prediction,
                        0,
                        new MaskedDiffusion(
                                new UniformDenoiser(LETTERS),
                                new LogLinear(1e-3),
                                4,
                                manager,
                                MaskedDiffusion.Options.published(2)),
                        Math.log(0.3),
                        Math.log(0.4));
        Proposal constrained =
                new ConstrainedProposal(
                        from,
                        prediction,
                        0,
                        compiled(Constraints.NONE),
                        Math.log(0.3),
                        Math.log(0.4));
        assertArrayEquals(plain.logProbability(next), constrained.logProbability(next), 1e-12);
        assertArrayEquals(
                plain.tilted(tilts).logProbability(next),
                constrained.tilted(tilts).logProbability(next),
                1e-12);
    }

    /** A wrong tilt is refused as it is without constraints. */
    @Test
    void refusesTiltsOfAnotherShape() {
        MaskedDiffusion process = ancestral(KINDS.get(1), NoiseRemoval.MODE);
        Proposal proposal = proposal(process, TableChain.START, 1, false);
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> proposal.tilted(List.of(new float[3])));
        assertEquals("tilt must have L * (K + 1) = 16 numbers, got 3", e.getMessage());
    }
}
