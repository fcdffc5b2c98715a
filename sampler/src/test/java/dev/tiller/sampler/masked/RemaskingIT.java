package dev.tiller.sampler.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.exact.ChiSquare;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Finished designs that are noised again. */
class RemaskingIT {
    private static final int N = 20_000;
    private static final int LENGTH = TableChain.LENGTH;
    private static final Philox NOISE = new Philox(12);

    private static NDManager manager;

    @BeforeAll
    static void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    private static MaskedDiffusion ancestral() {
        return new MaskedDiffusion(
                new UniformDenoiser(TableChain.LETTERS),
                new LogLinear(1e-3),
                LENGTH,
                manager,
                MaskedDiffusion.Options.published(6));
    }

    private static FirstHitting firstHitting() {
        return new FirstHitting(
                new UniformDenoiser(TableChain.LETTERS), new LogLinear(1e-3), LENGTH, manager);
    }

    /** N times the design 0, 0, 0, 0. */
    private static State designs() {
        return TableRuns.state(new int[N], manager);
    }

    /** Counts the subsets of masked positions, as numbers of 4 bits. */
    private static long[] masks(State x) {
        long[] tokens = x.array(0).toLongArray();
        long[] counts = new long[1 << LENGTH];
        for (int row = 0; row < x.rows(); row++) {
            int subset = 0;
            for (int position = 0; position < LENGTH; position++) {
                boolean masked = tokens[row * LENGTH + position] == TableChain.LETTERS;
                subset = 2 * subset + (masked ? 1 : 0);
            }
            counts[subset]++;
        }
        return counts;
    }

    private static double[] subsetsOf(int letters) {
        double[] law = new double[1 << LENGTH];
        Arrays.setAll(law, subset -> Integer.bitCount(subset) == letters ? 1 : 0);
        double sum = Arrays.stream(law).sum();
        return Arrays.stream(law).map(p -> p / sum).toArray();
    }

    /** n = 20,000, chi-square over the subsets, false alarm 1e-6 each. */
    @Test
    void masksAnExactNumberOfLettersAtUniformPositions() {
        for (int letters = 0; letters <= LENGTH; letters++) {
            try (State x0 = designs();
                    State x = ancestral().remask(x0, letters, NOISE, manager)) {
                if (letters == 0 || letters == LENGTH) {
                    assertEquals(N, masks(x)[(1 << letters) - 1]);
                } else {
                    ChiSquare.assertFits(
                            "subsets of " + letters + " letters", masks(x), subsetsOf(letters));
                }
            }
        }
    }

    /** After i hits exactly L - i letters are masked. */
    @Test
    void firstHittingCorruptsByNumber() {
        FirstHitting process = firstHitting();
        for (int index = 0; index <= LENGTH; index++) {
            assertEquals((LENGTH - index) / (double) LENGTH, process.maskedShare(index));
            try (State x0 = designs();
                    State x = process.corrupt(x0, index, NOISE, manager);
                    State expected = process.remask(x0, LENGTH - index, NOISE, manager)) {
                assertArrayEquals(masks(expected), masks(x));
            }
        }
    }

    /** Each letter on its own, with the schedule's move chance. */
    @Test
    void ancestralProcessesCorruptByChance() {
        MaskedDiffusion process = ancestral();
        for (int index : new int[] {1, 4}) {
            double share = process.maskedShare(index);
            assertEquals((1 - 1e-3) * process.time(index), share, 1e-12);
            double[] law = new double[1 << LENGTH];
            Arrays.setAll(
                    law,
                    subset -> {
                        int masked = Integer.bitCount(subset);
                        return Math.pow(share, masked) * Math.pow(1 - share, LENGTH - masked);
                    });
            try (State x0 = designs();
                    State x = process.corrupt(x0, index, NOISE, manager)) {
                ChiSquare.assertFits("masks at index " + index, masks(x), law);
            }
        }
        try (State x0 = designs();
                State x = process.corrupt(x0, 0, NOISE, manager)) {
            assertEquals(N, masks(x)[(1 << LENGTH) - 1]); // the prior
        }
    }

    @Test
    void refusesWhatIsNoDesignOfTheProcess() {
        ReverseProcess process = ancestral();
        long[] ids = {0, 1};
        try (State x0 =
                new State(new NDList(manager.zeros(new Shape(2, 3))), ids, new int[] {0, 0})) {
            assertEquals(
                    "designs must have 4 letters, got shape (2, 3)",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> process.corrupt(x0, 2, NOISE, manager))
                            .getMessage());
        }
        long[] tokens = {0, 1, 2, 3, 0, 4, 1, 2};
        try (State x0 =
                new State(
                        new NDList(manager.create(tokens, new Shape(2, 4))),
                        ids,
                        new int[] {0, 0})) {
            assertEquals(
                    "tokens of designs must be in [0, 3], the last being the mask, got 4",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> process.corrupt(x0, 2, NOISE, manager))
                            .getMessage());
        }
        try (State x0 = designs()) {
            assertEquals(
                    "letters must be in [0, 4], got 5",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> ancestral().remask(x0, 5, NOISE, manager))
                            .getMessage());
        }
    }
}
