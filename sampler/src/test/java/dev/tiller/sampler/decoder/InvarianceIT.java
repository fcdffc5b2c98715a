package dev.tiller.sampler.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Ledger.Account;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.exact.ExactValue;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableGuidance;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.masked.FirstHitting;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.masked.NoiseRemoval;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A design is a function of the seed and its sample id; nothing else may change it. */
class InvarianceIT {
    private static final int N = 15;
    private static final long SEED = 31;
    private static final long[] IDS = LongStream.range(0, N).toArray();

    private static final Guidance GUIDANCE = new TableGuidance(7, 1);
    private static NDManager manager;

    @BeforeAll
    static void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    private static ReverseProcess process(String name, TableDenoiser denoiser) {
        LogLinear schedule = new LogLinear(1e-3);
        int length = TableChain.LENGTH;
        return switch (name) {
            case "ancestral" ->
                    new MaskedDiffusion(
                            denoiser,
                            schedule,
                            length,
                            manager,
                            MaskedDiffusion.Options.published(6));
            case "ancestral with draws" ->
                    new MaskedDiffusion(
                            denoiser,
                            schedule,
                            length,
                            manager,
                            new MaskedDiffusion.Options(3, 0.5, NoiseRemoval.DRAW));
            case "first hitting" -> new FirstHitting(denoiser, schedule, length, manager);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Decoder decoder(String name) {
        double[] values = new double[TableChain.STATES];
        Philox noise = new Philox(97);
        Arrays.setAll(values, x -> noise.uniform(x, 0, Purpose.TRAINING_INPUT, 0));
        SoftValue value = ExactValue.ofTable(values);
        return switch (name) {
            case "unguided" -> new Ancestral();
            case "best of 3" -> new BestOfN(3, value);
            case "svdd" -> new Svdd(3, 0.3, value);
            case "greedy svdd" -> new Svdd(3, 0, value);
            case "sparing svdd" ->
                    new Svdd(
                            Svdd.Options.plain(4, 0.3)
                                    .withInterval(2)
                                    .withScreened(3)
                                    .withAdaptive(2, 0.2),
                            value,
                            ExactValue.ofTable(values),
                            GUIDANCE);
            case "guided" -> new Ancestral(GUIDANCE);
            case "svdd-r" -> new SvddR(new SvddR.Options(4, 2, 0.3, 0.3, Keep.BEST), value, value);
            case "smc" -> filter(ParticleFilter.Options.defaults(4), value, Guidance.NONE);
            case "steered" ->
                    filter(
                            ParticleFilter.Options.defaults(3)
                                    .withPotential(Potential.MAX)
                                    .withResampling(Resampling.RESIDUAL, 1)
                                    .withSchedule(2, 0)
                                    .withKeep(Keep.BEST),
                            value,
                            Guidance.NONE);
            case "nested twisted" ->
                    filter(
                            ParticleFilter.Options.defaults(3)
                                    .withCandidates(2)
                                    .withResampling(Resampling.STRATIFIED, 0.9),
                            value,
                            GUIDANCE);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Decoder filter(
            ParticleFilter.Options options, SoftValue value, Guidance guidance) {
        return new ParticleFilter(options, 0.3, value, value, guidance);
    }

    static Stream<Arguments> combinations() {
        List<Arguments> all = new ArrayList<>();
        for (String decoder :
                List.of("guided", "sparing svdd", "svdd-r", "smc", "steered", "nested twisted")) {
            all.add(Arguments.of("ancestral with draws", decoder, true));
            all.add(Arguments.of("first hitting", decoder, false));
        }
        for (String process : List.of("ancestral", "ancestral with draws", "first hitting")) {
            for (String decoder : List.of("unguided", "best of 3", "svdd", "greedy svdd")) {
                all.add(Arguments.of(process, decoder, false));
                all.add(Arguments.of(process, decoder, true));
            }
        }
        return all.stream();
    }

    private static int[] designs(
            String process, String decoder, boolean timed, int batch, Ledger.Options options) {
        TableDenoiser denoiser = new TableDenoiser(new TableChain(2024, timed));
        int[] designs =
                TableRuns.designs(
                        decoder(decoder),
                        process(process, denoiser),
                        IDS,
                        batch,
                        SEED,
                        options,
                        manager);
        assertTrue(
                denoiser.calls().stream().allMatch(rows -> rows <= options.rowsPerCall()),
                "a call had more rows than allowed");
        return designs;
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void designsDependOnNothingButTheirId(String process, String decoder, boolean timed) {
        Ledger.Options plain = new Ledger.Options(1, 1000, false);
        int[] expected = designs(process, decoder, timed, N, plain);
        List<Ledger.Options> others =
                List.of(
                        new Ledger.Options(1, 3, true),
                        new Ledger.Options(2, 3, true),
                        new Ledger.Options(2, 3, false));
        for (int batch : new int[] {1, 7, N}) {
            for (Ledger.Options options : others) {
                int[] actual = designs(process, decoder, timed, batch, options);
                assertArrayEquals(expected, actual, "batch " + batch + ", " + options);
            }
        }
        assertTrue(IntStream.of(expected).distinct().count() > 5); // they do differ from each other
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void idsMayComeInAnyOrderAndTwice(String process, String decoder, boolean timed) {
        long[] ids = {5, 3, 5, 14, 0, 3};
        int[] expected = designs(process, decoder, timed, N, TableRuns.ORDINARY);
        int[] actual =
                TableRuns.designs(
                        decoder(decoder),
                        process(process, new TableDenoiser(new TableChain(2024, timed))),
                        ids,
                        6,
                        SEED,
                        TableRuns.ORDINARY,
                        manager);
        assertArrayEquals(Arrays.stream(ids).mapToInt(id -> expected[(int) id]).toArray(), actual);
    }

    @Test
    void theSeedMatters() {
        ReverseProcess process =
                process("ancestral", new TableDenoiser(new TableChain(2024, false)));
        int[] first =
                TableRuns.designs(new Ancestral(), process, IDS, N, 1, TableRuns.ORDINARY, manager);
        int[] second =
                TableRuns.designs(new Ancestral(), process, IDS, N, 2, TableRuns.ORDINARY, manager);
        assertFalse(Arrays.equals(first, second)); // by chance: below 1e-20
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void anEmptyBatchGivesNoDesigns(String process, String decoder, boolean timed) {
        try (Ledger ledger = new Ledger(TableRuns.ORDINARY);
                State none =
                        decoder(decoder)
                                .decode(
                                        process(
                                                process,
                                                new TableDenoiser(new TableChain(2024, timed))),
                                        new long[0],
                                        new Philox(SEED),
                                        ledger,
                                        manager,
                                        StepListener.NONE)) {
            assertEquals(0, none.rows());
            assertEquals(0, ledger.requestedRows(Account.DENOISER));
        }
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void tellsTheListenerOfEachStep(String process, String decoder, boolean timed) {
        List<String> told = new ArrayList<>();
        ReverseProcess steps = process(process, new TableDenoiser(new TableChain(2024, timed)));
        try (Ledger ledger = new Ledger(TableRuns.ORDINARY)) {
            decoder(decoder)
                    .decode(
                            steps,
                            new long[] {0, 1},
                            new Philox(SEED),
                            ledger,
                            manager,
                            (done, total) -> told.add(done + "/" + total))
                    .close();
        }
        int total = steps.steps();
        assertEquals(
                IntStream.rangeClosed(1, total).mapToObj(done -> done + "/" + total).toList(),
                told);
    }

    /** Unguided: one denoiser row per design and step, and one for the removal of noise. */
    @Test
    void countsTheDenoiserRows() {
        for (boolean timed : new boolean[] {false, true}) {
            TableDenoiser denoiser = new TableDenoiser(new TableChain(2024, timed));
            try (Ledger ledger = new Ledger(TableRuns.ORDINARY)) {
                new Ancestral()
                        .decode(
                                process("ancestral", denoiser),
                                IDS,
                                new Philox(SEED),
                                ledger,
                                manager,
                                StepListener.NONE)
                        .close();
                assertEquals(N * (6 + 1), ledger.requestedRows(Account.DENOISER));
                assertEquals(denoiser.rows().size(), ledger.rows(Account.DENOISER));
                assertTrue(ledger.rows(Account.DENOISER) < N * (6 + 1));
                // all designs start from the same masks
                assertEquals(new TableDenoiser.Row(TableChain.START, 1), denoiser.rows().get(0));
                assertEquals(1, denoiser.calls().get(0));
            }
        }
    }

    /** The same run again costs nothing until the ledger is told to forget. */
    @Test
    void remembersAcrossRunsUntilToldToForget() {
        TableDenoiser denoiser = new TableDenoiser(new TableChain(2024, false));
        ReverseProcess process = process("ancestral", denoiser);
        try (Ledger ledger = new Ledger(TableRuns.ORDINARY)) {
            List<Long> rows = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                if (i == 2) {
                    ledger.forget();
                }
                new Ancestral()
                        .decode(process, IDS, new Philox(SEED), ledger, manager, StepListener.NONE)
                        .close();
                rows.add(ledger.rows(Account.DENOISER));
            }
            assertEquals(rows.get(0), rows.get(1));
            assertEquals(2 * rows.get(0), rows.get(2));
        }
    }
}
