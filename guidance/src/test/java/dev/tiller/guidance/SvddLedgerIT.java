package dev.tiller.guidance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Ledger.Account;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.ParticleFilter;
import dev.tiller.sampler.decoder.Svdd;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.masked.MaskedDiffusion;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What SVDD-PM asks for, and what is left to evaluate. */
class SvddLedgerIT {
    private static final int STEPS = GuidedChain.STEPS;

    private NDManager manager;
    private TableDenoiser recorder;

    /** The counts of one run. */
    private record Counts(long requested, long evaluated, long rewards, long scored) {}

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private Counts decode(
            TableDenoiser denoiser, long[] ids, int candidates, int draws, boolean savings) {
        MaskedDiffusion process = GuidedChain.process(denoiser, manager);
        CleanReward reward = new TableReward(98).clean();
        PosteriorMeanValue value = new PosteriorMeanValue(process, reward, draws, manager);
        try (Ledger ledger = new Ledger(new Ledger.Options(1, 1000, savings))) {
            new Svdd(candidates, 0, value)
                    .decode(process, ids, new Philox(2), ledger, manager, StepListener.NONE)
                    .close();
            assertEquals(denoiser.rows().size(), ledger.rows(Account.DENOISER));
            return new Counts(
                    ledger.requestedRows(Account.DENOISER),
                    ledger.rows(Account.DENOISER),
                    ledger.requestedRows(Account.REWARD),
                    ledger.rows(Account.REWARD));
        }
    }

    /**
     * One call per state and candidate, as in the published code: B (T (1 + M) + 1). Of a single
     * candidate the value is not asked.
     */
    @ParameterizedTest
    @CsvSource({"1, 1, 0", "1, 5, 0", "8, 4, 0", "8, 4, 3"})
    void asksForAsManyRowsAsThePublishedCode(int samples, int candidates, int draws) {
        for (boolean timed : new boolean[] {false, true}) {
            long[] ids = LongStream.range(0, samples).toArray();
            TableChain chain = new TableChain(2024, timed);
            Counts all = decode(new TableDenoiser(chain), ids, candidates, draws, false);
            int valued = candidates == 1 ? 0 : candidates;
            assertEquals(samples * (STEPS * (1 + valued) + 1), all.requested());
            assertEquals(samples * STEPS * valued * Math.max(1, draws), all.rewards());
            assertEquals(all.requested(), all.evaluated());
            assertEquals(all.rewards(), all.scored());
            Counts saved = decode(new TableDenoiser(chain), ids, candidates, draws, true);
            assertEquals(all.requested(), saved.requested());
            assertEquals(all.rewards(), saved.rewards());
            System.err.printf(
                    "SVDD-PM, B = %d, M = %d, timed %s: %d of %d denoiser rows evaluated%n",
                    samples, candidates, timed, saved.evaluated(), saved.requested());
            // the winner of a step is never evaluated again, so B T rows at least are saved
            int winners = candidates == 1 ? 0 : samples * STEPS;
            assertTrue(saved.evaluated() <= saved.requested() - winners);
        }
    }

    @Test
    void aBatchOfSmallDesignsNeedsMuchLess() {
        long[] ids = LongStream.range(0, 32).toArray();
        TableChain chain = new TableChain(2024, false);
        Counts saved = decode(new TableDenoiser(chain), ids, 8, 0, true);
        assertTrue(saved.evaluated() < saved.requested() / 3);
        assertTrue(saved.scored() < saved.rewards() / 3);
    }

    /** With one candidate the trajectory is a chain of states, each of which is evaluated once. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4})
    void eachStateOfATrajectoryIsEvaluatedOnce(long id) {
        TableDenoiser denoiser = new TableDenoiser(new TableChain(2024, false));
        Counts counts = decode(denoiser, new long[] {id}, 1, 0, true);
        List<Integer> states = denoiser.rows().stream().map(TableDenoiser.Row::state).toList();
        assertEquals(states.size(), new HashSet<>(states).size());
        assertEquals(TableChain.START, states.get(0));
        assertTrue(TableChain.isClean(states.get(states.size() - 1)));
        assertEquals(STEPS + 1, counts.requested());
        assertEquals(states.size(), counts.evaluated());
        assertTrue(states.size() <= TableChain.LENGTH + 1);
    }

    /** A model that sees the time is evaluated once at each time of the grid. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4})
    void eachTimeOfATrajectoryIsEvaluatedOnce(long id) {
        TableDenoiser denoiser = new TableDenoiser(new TableChain(2024, true));
        Counts counts = decode(denoiser, new long[] {id}, 1, 0, true);
        assertEquals(STEPS + 1, counts.requested());
        assertEquals(STEPS + 1, counts.evaluated());
        MaskedDiffusion process = GuidedChain.process(denoiser, manager);
        assertEquals(
                IntStream.rangeClosed(0, STEPS).mapToObj(process::time).toList(),
                denoiser.rows().stream().map(TableDenoiser.Row::time).toList());
    }

    /**
     * A state is valued at its own time, not at that of the state it comes from: with M candidates
     * the model is asked once for each of B designs at the start, and 1 + M times at each later
     * time. Particles are asked twice everywhere, for their value and for their next step.
     */
    @Test
    void valuesAreAskedAtTheTimeOfTheirState() {
        int samples = 4;
        Decoder svdd = new Svdd(3, 0.3, valueOf(timed()));
        assertEquals(
                IntStream.rangeClosed(0, STEPS).mapToObj(i -> samples * (i == 0 ? 1 : 4)).toList(),
                rowsByTime(svdd, samples));
        CleanReward reward = new TableReward(98).clean();
        Decoder filter =
                new ParticleFilter(
                        ParticleFilter.Options.defaults(2),
                        0.3,
                        valueOf(timed()),
                        reward,
                        Guidance.NONE);
        assertEquals(Collections.nCopies(STEPS + 1, 2 * 2 * samples), rowsByTime(filter, samples));
    }

    /** Makes the denoiser that records what it is asked from now on. */
    private TableDenoiser timed() {
        recorder = new TableDenoiser(new TableChain(2024, true));
        return recorder;
    }

    private PosteriorMeanValue valueOf(TableDenoiser denoiser) {
        MaskedDiffusion process = GuidedChain.process(denoiser, manager);
        return new PosteriorMeanValue(process, new TableReward(98).clean(), 0, manager);
    }

    /** Rows that the model was asked for, by the index of their time. */
    private List<Integer> rowsByTime(Decoder decoder, int samples) {
        MaskedDiffusion process = GuidedChain.process(recorder, manager);
        long[] ids = LongStream.range(0, samples).toArray();
        try (Ledger ledger = new Ledger(new Ledger.Options(1, 1000, false))) {
            decoder.decode(process, ids, new Philox(2), ledger, manager, StepListener.NONE).close();
        }
        List<Double> times = recorder.rows().stream().map(TableDenoiser.Row::time).toList();
        return IntStream.rangeClosed(0, STEPS)
                .mapToObj(i -> Collections.frequency(times, process.time(i)))
                .toList();
    }
}
