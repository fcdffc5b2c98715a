package dev.tiller.sampler.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.Refinement.Options;
import dev.tiller.sampler.exact.ExactValue;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.masked.FirstHitting;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RefinementIT {
    private static final int STEPS = 6;
    private static final int N = 15;
    private static final long SEED = 31;
    private static final double NEVER = Double.POSITIVE_INFINITY;
    private static final long[] IDS = LongStream.range(0, N).toArray();
    private static final double[] REWARDS = new double[TableChain.STATES];
    private static final SoftValue REWARD = ExactValue.ofTable(REWARDS);
    private static final Svdd SVDD = new Svdd(3, 0.3, REWARD);

    static {
        Philox noise = new Philox(97);
        Arrays.setAll(REWARDS, x -> noise.uniform(x, 0, Purpose.TRAINING_INPUT, 0));
    }

    private NDManager root;
    private NDManager devices;
    private NDManager caller;

    @BeforeEach
    void open() {
        root = NDManager.newBaseManager();
        devices = root.newSubManager();
        devices.cap(); // throws if anything but a sub-manager is attached to it
        caller = root.newSubManager();
    }

    @AfterEach
    void close() {
        root.close();
    }

    private ReverseProcess ancestral(boolean timed) {
        return new MaskedDiffusion(
                new TableDenoiser(new TableChain(2024, timed)),
                new LogLinear(1e-3),
                TableChain.LENGTH,
                devices,
                MaskedDiffusion.Options.published(STEPS));
    }

    private ReverseProcess firstHitting(boolean timed) {
        return new FirstHitting(
                new TableDenoiser(new TableChain(2024, timed)),
                new LogLinear(1e-3),
                TableChain.LENGTH,
                devices);
    }

    private static Refinement refinement(Decoder start, Options options) {
        return new Refinement(start, SVDD, REWARD, options);
    }

    private static Options metropolis() {
        return new Options(3, Renoising.ofShare(0.5), Acceptance.metropolis(0.2), 1, NEVER, NEVER);
    }

    private static Options lineages() {
        return new Options(3, Renoising.ofLetters(2), Acceptance.always(), 3, 0.2, 0.97);
    }

    static Stream<Refinement> decoders() {
        return Stream.of(
                refinement(new Ancestral(), Options.of(3, Renoising.ofLetters(1))),
                refinement(new BestOfN(2, REWARD), metropolis()),
                refinement(SVDD, lineages()));
    }

    private int[] designs(Decoder decoder, ReverseProcess process) {
        return TableRuns.designs(decoder, process, IDS, N, SEED, TableRuns.ORDINARY, caller);
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void designsDependOnNothingButTheirId(Refinement decoder) {
        for (ReverseProcess process : List.of(ancestral(true), firstHitting(true))) {
            Ledger.Options plain = new Ledger.Options(1, 1000, false);
            int[] expected = TableRuns.designs(decoder, process, IDS, N, SEED, plain, caller);
            for (int batch : new int[] {1, 7, N}) {
                Ledger.Options options = new Ledger.Options(2, 3, true);
                assertArrayEquals(
                        expected,
                        TableRuns.designs(decoder, process, IDS, batch, SEED, options, caller));
            }
            long[] ids = {5, 3, 5, 14, 0, 3};
            assertArrayEquals(
                    Arrays.stream(ids).mapToInt(id -> expected[(int) id]).toArray(),
                    TableRuns.designs(decoder, process, ids, 6, SEED, TableRuns.ORDINARY, caller));
            assertTrue(IntStream.of(expected).distinct().count() > 3);
        }
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void leavesNothingButItsResult(Refinement decoder) {
        for (ReverseProcess process : List.of(ancestral(false), firstHitting(false))) {
            for (int i = 0; i < 3; i++) {
                State result = decode(decoder, process, StepListener.NONE);
                assertEquals(1, root.getManagedArrays().size());
                assertSame(caller, result.array(0).getManager());
                assertArrayEquals(new int[2], result.chains());
                assertArrayEquals(new long[] {4, 5}, result.sampleIds());
                result.close();
            }
            int[] told = {0};
            UnsupportedOperationException stop = new UnsupportedOperationException("stop");
            StepListener stopping =
                    (done, total) -> {
                        if (++told[0] == total - 1) {
                            throw stop;
                        }
                    };
            assertSame(
                    stop,
                    assertThrows(
                            UnsupportedOperationException.class,
                            () -> decode(decoder, process, stopping)));
            assertEquals(0, root.getManagedArrays().size());
        }
    }

    private State decode(Decoder decoder, ReverseProcess process, StepListener listener) {
        try (Ledger ledger = new Ledger(new Ledger.Options(2, 3, true))) {
            return decoder.decode(
                    process, new long[] {4, 5}, new Philox(1), ledger, caller, listener);
        }
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void anEmptyBatchGivesNoDesigns(Refinement decoder) {
        try (Ledger ledger = new Ledger(TableRuns.ORDINARY);
                State none =
                        decoder.decode(
                                ancestral(false),
                                new long[0],
                                new Philox(SEED),
                                ledger,
                                caller,
                                StepListener.NONE)) {
            assertEquals(0, none.rows());
            assertEquals(0, ledger.requestedRows(Ledger.Account.DENOISER));
        }
    }

    /**
     * What r rounds make is what r + 1 rounds begin with, so the runs of 0, 1, ... are prefixes.
     */
    @Test
    void rewardsNeverFallIfWhatIsWorseIsRefused() {
        double[] before = new double[N];
        int[] first = null;
        for (int rounds = 0; rounds <= 8; rounds++) {
            Options options = Options.of(rounds, Renoising.ofLetters(2));
            int[] now = designs(refinement(new Ancestral(), options), ancestral(false));
            for (int i = 0; i < N; i++) {
                assertTrue(REWARDS[now[i]] >= before[i]);
                before[i] = REWARDS[now[i]];
            }
            if (rounds == 0) {
                first = now;
                assertArrayEquals(designs(new Ancestral(), ancestral(false)), now);
            }
        }
        double gain =
                (Arrays.stream(before).sum()
                                - Arrays.stream(first).mapToDouble(x -> REWARDS[x]).sum())
                        / N;
        assertTrue(gain > 0.2, "mean gain " + gain);
    }

    /** Each design is scored once; a sample that has reached the target costs nothing more. */
    @Test
    void scoresEachNewDesignOnceAndStopsAtTheTarget() {
        List<Integer> asked = new ArrayList<>();
        SoftValue counting =
                (x, index, ledger, noise) -> {
                    asked.add(x.rows());
                    return REWARD.estimate(x, index, ledger, noise);
                };
        Options steady = Options.of(4, Renoising.ofLetters(1));
        Svdd unguided = new Svdd(1, 0, REWARD);
        ReverseProcess process = ancestral(false);
        designs(new Refinement(new Ancestral(), unguided, counting, steady), process);
        assertEquals(List.of(N, N, N, N, N), asked);

        double target = 0.8;
        List<Integer> expected = new ArrayList<>(List.of(N));
        for (int rounds = 0; rounds < 4; rounds++) {
            Options prefix = Options.of(rounds, Renoising.ofLetters(1));
            int[] now = designs(new Refinement(new Ancestral(), unguided, REWARD, prefix), process);
            int below = (int) IntStream.of(now).filter(x -> REWARDS[x] < target).count();
            assertTrue(below > 0 && below < N, below + " below");
            expected.add(below);
        }
        asked.clear();
        designs(new Refinement(new Ancestral(), unguided, counting, steady.until(target)), process);
        assertEquals(expected, asked);
        asked.clear();
        designs(new Refinement(new Ancestral(), unguided, counting, steady.until(-1)), process);
        assertEquals(List.of(N), asked);
    }

    @Test
    void tellsTheListenerOfEachStepOfAllRounds() {
        List<String> told = new ArrayList<>();
        StepListener listener = (done, total) -> told.add(done + "/" + total);
        // 3 starts of 6 steps, 2 rounds of 3: half of 6 steps
        Options options =
                new Options(2, Renoising.ofSteps(0.5), Acceptance.better(), 3, NEVER, NEVER);
        decode(refinement(new Ancestral(), options), ancestral(false), listener).close();
        assertEquals(IntStream.rangeClosed(1, 24).mapToObj(i -> i + "/24").toList(), told);
        told.clear();
        decode(refinement(new Ancestral(), options.until(-1)), ancestral(false), listener).close();
        assertEquals(18 + 1, told.size()); // nothing left to do, which is told at once
        assertEquals("24/24", told.get(18));
        told.clear();
        Start seeds = Start.ofTokens(List.of(new long[4]));
        decode(refinement(seeds.decoder(), options), ancestral(false), listener).close();
        assertEquals(IntStream.rangeClosed(1, 6).mapToObj(i -> i + "/6").toList(), told);
    }

    /** One lineage more is never worse in reward at the end, if each keeps the better. */
    @Test
    void theBestLineageIsTheDesign() {
        Renoising renoising = Renoising.ofLetters(1);
        Acceptance better = Acceptance.better();
        int[] one =
                designs(
                        refinement(new Ancestral(), new Options(2, renoising, better, 1, NEVER, 9)),
                        ancestral(false));
        int[] four =
                designs(
                        refinement(new Ancestral(), new Options(2, renoising, better, 4, NEVER, 9)),
                        ancestral(false));
        // without resampling a lineage does not depend on how many there are
        int gained = 0;
        for (int i = 0; i < N; i++) {
            assertTrue(REWARDS[four[i]] >= REWARDS[one[i]]);
            gained += REWARDS[four[i]] > REWARDS[one[i]] ? 1 : 0;
        }
        assertTrue(gained > 3, gained + " gained");
        int[] resampled =
                designs(
                        refinement(new Ancestral(), new Options(2, renoising, better, 4, 0.05, 9)),
                        ancestral(false));
        assertTrue(!Arrays.equals(four, resampled));
    }

    @Test
    void beginsWithGivenDesigns() {
        long[] first = {0, 1, 2, 0};
        long[] second = {2, 2, 1, 1};
        Start start = Start.ofTokens(List.of(first, second));
        int[] same =
                designs(
                        refinement(start.decoder(), Options.of(0, Renoising.ofLetters(1))),
                        ancestral(false));
        for (int i = 0; i < N; i++) {
            assertEquals(TableChain.number(i % 2 == 0 ? first : second, 0), same[i]);
        }
        // one round of one letter: at most one letter differs
        Options always =
                new Options(1, Renoising.ofLetters(1), Acceptance.always(), 1, NEVER, NEVER);
        int[] edited = designs(refinement(start.decoder(), always), firstHitting(false));
        int changed = 0;
        for (int i = 0; i < N; i++) {
            int differences = 0;
            for (int position = 0; position < 4; position++) {
                differences +=
                        TableChain.token(same[i], position) == TableChain.token(edited[i], position)
                                ? 0
                                : 1;
            }
            assertTrue(differences <= 1);
            changed += differences;
        }
        assertTrue(changed > 0);
    }

    @Test
    void goesOnWhereTheNoiseEnds() {
        ReverseProcess ancestral = ancestral(false);
        ReverseProcess hitting = firstHitting(false);
        assertEquals(0, Renoising.ofSteps(1).index(ancestral));
        assertEquals(3, Renoising.ofSteps(0.5).index(ancestral));
        assertEquals(STEPS - 1, Renoising.ofSteps(0.01).index(ancestral));
        assertEquals(0, Renoising.ofShare(1).index(ancestral));
        assertEquals(3, Renoising.ofShare(0.5).index(ancestral));
        assertEquals(STEPS - 1, Renoising.ofShare(0.001).index(ancestral));
        for (int letters = 1; letters <= TableChain.LENGTH; letters++) {
            int index = TableChain.LENGTH - letters;
            assertEquals(index, Renoising.ofLetters(letters).index(hitting));
        }
        assertEquals(5, Renoising.ofLetters(1).index(ancestral)); // 1/6 of the letters
        assertEquals(3, Renoising.ofLetters(2).index(ancestral));
    }

    @Test
    void refusesOptionsOutOfRange() {
        Renoising one = Renoising.ofLetters(1);
        Acceptance better = Acceptance.better();
        assertRefused(
                "rounds must be at least 0, got -1",
                () -> new Options(-1, one, better, 1, NEVER, NEVER));
        assertRefused(
                "lineages must be in [1, 1024], got 0",
                () -> new Options(1, one, better, 0, NEVER, NEVER));
        assertRefused(
                "resampling must be above 0, got 0.0",
                () -> new Options(1, one, better, 1, 0, NEVER));
        assertRefused(
                "target must be a number, got NaN",
                () -> new Options(1, one, better, 1, NEVER, Double.NaN));
        assertRefused("letters must be at least 1, got 0", () -> Renoising.ofLetters(0));
        assertRefused("share must be in (0, 1], got 0.0", () -> Renoising.ofShare(0));
        assertRefused("share must be in (0, 1], got 1.5", () -> Renoising.ofSteps(1.5));
        assertRefused(
                "letters must be at most the number of letters that are not fixed, 4, got 5",
                () -> Renoising.ofLetters(5).index(ancestral(false)));
        assertRefused(
                "sequences must have at least one entry, got none",
                () -> Start.ofTokens(List.of()));
        assertRefused(
                "sequences must be of one length, got 4 and, at place 1, 3",
                () -> Start.ofTokens(List.of(new long[4], new long[3])));
        assertRefused(
                "designs must have 4 letters, got shape (2, 5)",
                () ->
                        decode(
                                refinement(
                                        Start.ofTokens(List.of(new long[5])).decoder(),
                                        Options.of(1, one)),
                                ancestral(false),
                                StepListener.NONE));
    }

    private static void assertRefused(String text, Executable call) {
        assertEquals(text, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
