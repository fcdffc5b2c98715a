package dev.tiller.sampler.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Conditions;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.Ancestral;
import dev.tiller.sampler.exact.ChiSquare;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.masked.MaskedDiffusion.Options;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Designs of different lengths, given letters and ties, in one batch. */
class LayoutsIT {
    private static final int LETTERS = 3;
    private static final int[] LENGTHS = {5, 3, 4};

    /** Condition 0 is free, 1 starts with letter 2, in 2 positions 0 and 3 are tied. */
    private static final List<Layout> LAYOUTS =
            List.of(
                    Layout.free(5),
                    new Layout(new int[] {2, -1, -1}, new int[] {0, 1, 2}),
                    new Layout(new int[] {-1, -1, -1, -1}, new int[] {0, 1, 2, 0}));

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

    private ReverseProcess process(boolean hitting, List<Layout> layouts, Conditions conditions) {
        int[] lengths = layouts.stream().mapToInt(Layout::length).toArray();
        ConditionedDenoiser denoiser = new ConditionedDenoiser(LETTERS, lengths, new int[0]);
        Layouts all = new Layouts(layouts, conditions);
        LogLinear schedule = new LogLinear(1e-3);
        return hitting
                ? new FirstHitting(denoiser, schedule, all, manager)
                : new MaskedDiffusion(denoiser, schedule, all, manager, Options.published(6));
    }

    private State sample(ReverseProcess process, long... ids) {
        return new Ancestral()
                .decode(process, ids, new Philox(3), ledger, manager, StepListener.NONE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDesignIsTheSameInAnyBatch(boolean hitting) {
        ReverseProcess mixed = process(hitting, LAYOUTS, id -> (int) (id % 3));
        long[] ids = LongStream.range(0, 60).toArray();
        long[] tokens = TokenRows.of(sample(mixed, ids));
        for (int condition = 0; condition < 3; condition++) {
            int own = condition;
            long[] some = Arrays.stream(ids).filter(id -> id % 3 == own).toArray();
            // the lengths of the others are gone, the conditions keep their numbers
            List<Layout> padded =
                    IntStream.rangeClosed(0, own).mapToObj(c -> LAYOUTS.get(c)).toList();
            State alone = sample(process(hitting, padded, id -> (int) (id % 3)), some);
            long[] expected = TokenRows.of(alone);
            int width = expected.length / some.length;
            for (int i = 0; i < some.length; i++) {
                int from = (int) some[i] * 5;
                assertArrayEquals(
                        Arrays.copyOfRange(expected, i * width, i * width + LENGTHS[own]),
                        Arrays.copyOfRange(tokens, from, from + LENGTHS[own]));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void givenLettersStayAndTiesHold(boolean hitting) {
        ReverseProcess process = process(hitting, LAYOUTS, id -> (int) (id % 3));
        State x0 = sample(process, LongStream.range(0, 90).toArray());
        long[] tokens = TokenRows.of(x0);
        boolean varied = false;
        for (int row = 0; row < 90; row += 3) {
            assertEquals(2, tokens[(row + 1) * 5]);
            assertEquals(tokens[(row + 2) * 5], tokens[(row + 2) * 5 + 3]);
            varied |= tokens[(row + 2) * 5] != tokens[2 * 5];
            assertEquals(0, tokens[(row + 1) * 5 + 3] + tokens[(row + 1) * 5 + 4]);
        }
        assertTrue(varied);
        State again = process.corrupt(x0, 2, new Philox(4), manager);
        long[] noised = TokenRows.of(again);
        for (int row = 0; row < 90; row += 3) {
            assertEquals(2, noised[(row + 1) * 5]);
            assertEquals(noised[(row + 2) * 5], noised[(row + 2) * 5 + 3]);
            assertEquals(0, noised[(row + 1) * 5 + 4]);
        }
    }

    /** Draws follow the transition's own probabilities, which sum to 1 over tied states. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tiedTransitionsFollowTheirLaw(boolean hitting) {
        ReverseProcess process = process(hitting, LAYOUTS, id -> 2);
        Randomness noise = new Philox(11);
        int draws = 3000;
        State prior = process.prior(new long[] {1}, new int[] {0}, noise, manager);
        Prediction prediction = process.predict(prior, 0, ledger, noise);
        Proposal proposal = process.propose(prior, prediction, 1);
        Map<List<Long>, Integer> index = new HashMap<>();
        double[] law = law(proposal, index);
        assertEquals(1, Arrays.stream(law).sum(), 1e-6);
        long[] drawn = TokenRows.of(proposal.draw(draws, noise, manager));
        long[] counts = new long[law.length];
        for (int i = 0; i < draws; i++) {
            counts[index.get(key(drawn, i))]++;
        }
        ChiSquare.assertFits("tied, hitting " + hitting, counts, law);
    }

    private double[] law(Proposal proposal, Map<List<Long>, Integer> index) {
        double[] law = new double[256];
        for (int state = 0; state < law.length; state++) {
            long[] tokens = {state & 3, state >> 2 & 3, state >> 4 & 3, state >> 6, 0};
            index.put(key(tokens, 0), state);
            State next = TokenRows.create(tokens, new long[] {1}, new int[] {0}, manager);
            law[state] = Math.exp(proposal.logProbability(next)[0]);
        }
        return law;
    }

    private static List<Long> key(long[] tokens, int row) {
        return Arrays.stream(tokens, row * 5, row * 5 + 4).boxed().toList();
    }
}
