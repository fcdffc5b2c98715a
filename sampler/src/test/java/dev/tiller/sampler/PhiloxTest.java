package dev.tiller.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.exact.ChiSquare;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhiloxTest {
    private static final long[] IDS = {0, 1, 0xFFFF_FFFFL, 1L << 32, (1L << 48) - 1};
    private static final int[] STEPS = {0, 1, (1 << 24) - 1};
    private static final int[] CANDIDATES = {0, 1, (1 << 16) - 1};

    /** Counter, key and output words of the known-answer file of Random123, philox4x32 10. */
    @ParameterizedTest
    @CsvSource({
        "00000000 00000000 00000000 00000000, 00000000 00000000,"
                + " 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
        "ffffffff ffffffff ffffffff ffffffff, ffffffff ffffffff,"
                + " 408f276d 41c83b0e a20bc7c6 6d5451fd",
        "243f6a88 85a308d3 13198a2e 03707344, a4093822 299f31d0,"
                + " d16cfe09 94fdcceb 5001e420 24126ea1"
    })
    void givesTheKnownAnswers(String counter, String key, String answer) {
        int[] c = words(counter);
        int[] k = words(key);
        int[] out = new int[4];
        Philox.block(c[0], c[1], c[2], c[3], k[0], k[1], out);
        assertArrayEquals(words(answer), out);
    }

    private static int[] words(String hex) {
        return Arrays.stream(hex.trim().split(" "))
                .mapToInt(word -> Integer.parseUnsignedInt(word, 16))
                .toArray();
    }

    /** The layout of an address may never change: it would change all designs. */
    @Test
    void putsTheAddressIntoTheCounterAndTheSeedIntoTheKey() {
        long seed = 0x0123_4567_89AB_CDEFL;
        double[] actual = new double[4];
        new Philox(seed).fill(0xABCD_1234_5678L, 0x00FE_DCBA, Purpose.SELECTION, 0x9876, actual);
        double[] expected = new double[4];
        for (int block = 0; block < 2; block++) {
            int[] out = new int[4];
            Philox.block(
                    block, 0x1234_5678, 0x02FE_DCBA, 0xABCD_9876, 0x89AB_CDEF, 0x0123_4567, out);
            expected[2 * block] = Philox.uniform(out[0], out[1]);
            expected[2 * block + 1] = Philox.uniform(out[2], out[3]);
        }
        assertArrayEquals(expected, actual);
    }

    @Test
    void mapsWordsToTheirPlaceInTheUnitInterval() {
        assertEquals(0x1.0p-53, Philox.uniform(0, 0));
        assertEquals(1 - 0x1.0p-53, Philox.uniform(-1, -1));
        assertEquals(0.5 + 0x1.0p-53, Philox.uniform(0x8000_0000, 0));
        assertEquals(0.75 + 3 * 0x1.0p-53, Philox.uniform(0xC000_0000, 0x0000_1FFF));
    }

    @Test
    void codesOfPurposesNeverChange() {
        assertArrayEquals(
                new int[] {
                    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21
                },
                Arrays.stream(Purpose.values()).mapToInt(Purpose::code).toArray());
    }

    /** 945 addresses; equal 52-bit numbers by chance: 945^2 / 2^53 = 1e-10. */
    @Test
    void distinctAddressesGiveDistinctNumbers() {
        Philox noise = new Philox(7);
        Set<Double> seen = new HashSet<>();
        int addresses = 0;
        for (long id : IDS) {
            for (int step : STEPS) {
                for (Purpose purpose : Purpose.values()) {
                    for (int candidate : CANDIDATES) {
                        seen.add(noise.uniform(id, step, purpose, candidate));
                        addresses++;
                    }
                }
            }
        }
        assertEquals(945, addresses);
        assertEquals(addresses, seen.size());
    }

    @Test
    void eachHalfOfTheSeedMatters() {
        Set<Double> seen = new HashSet<>();
        for (long seed : new long[] {0, 1, 1L << 31, 1L << 32, -1, Long.MIN_VALUE}) {
            seen.add(new Philox(seed).uniform(0, 0, Purpose.PROPOSAL, 0));
        }
        assertEquals(6, seen.size());
    }

    @Test
    void refusesAddressesOutOfRange() {
        assertRefused("sample id must be in [0, 2^48), got -1", -1, 0, 0);
        assertRefused("sample id must be in [0, 2^48), got 281474976710656", 1L << 48, 0, 0);
        assertRefused("step must be in [0, 2^24), got -1", 0, -1, 0);
        assertRefused("step must be in [0, 2^24), got 16777216", 0, 1 << 24, 0);
        assertRefused("candidate must be in [0, 2^16), got -1", 0, 0, -1);
        assertRefused("candidate must be in [0, 2^16), got 65536", 0, 0, 1 << 16);
    }

    private static void assertRefused(String text, long id, int step, int candidate) {
        Philox noise = new Philox(7);
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> noise.uniform(id, step, Purpose.PROPOSAL, candidate));
        assertEquals(text, e.getMessage());
    }

    @Test
    void aShorterArrayIsThePrefixOfALongerOne() {
        double[] all = filled(new Philox(7), 9);
        for (int length = 0; length < all.length; length++) {
            assertArrayEquals(Arrays.copyOf(all, length), filled(new Philox(7), length));
        }
        assertEquals(all[0], new Philox(7).uniform(3, 1, Purpose.PROPOSAL, 2));
        assertEquals(9, Arrays.stream(all).distinct().count());
    }

    private static double[] filled(Philox noise, int length) {
        double[] out = new double[length];
        noise.fill(3, 1, Purpose.PROPOSAL, 2, out);
        return out;
    }

    @Test
    void doesNotDependOnTheOrderOfCallsOrTheThread() {
        Philox noise = new Philox(7);
        double[] forwards = new double[1000];
        for (int id = 0; id < forwards.length; id++) {
            forwards[id] = noise.uniform(id, 0, Purpose.PROPOSAL, 0);
        }
        double[] backwards = new double[forwards.length];
        for (int id = forwards.length - 1; id >= 0; id--) {
            backwards[id] = noise.uniform(id, 0, Purpose.PROPOSAL, 0);
        }
        assertArrayEquals(forwards, backwards);
        double[] parallel =
                IntStream.range(0, forwards.length)
                        .parallel()
                        .mapToDouble(id -> noise.uniform(id, 0, Purpose.PROPOSAL, 0))
                        .toArray();
        assertArrayEquals(forwards, parallel);
    }

    /**
     * Seed 7, n = 65,536 along one address, and the same along sample ids, steps and candidates;
     * chi-square over 100 cells, false alarm 1e-6 each.
     */
    @Test
    void isUniformAlongEveryPartOfTheAddress() {
        int n = 1 << 16;
        Philox noise = new Philox(7);
        double[] along = filled(noise, n);
        assertUniform("Philox along an array", along);
        Arrays.setAll(along, i -> noise.uniform(i, 0, Purpose.PROPOSAL, 0));
        assertUniform("Philox along sample ids", along);
        Arrays.setAll(along, i -> noise.uniform(0, i, Purpose.PROPOSAL, 0));
        assertUniform("Philox along steps", along);
        Arrays.setAll(along, i -> noise.uniform(0, 0, Purpose.PROPOSAL, i));
        assertUniform("Philox along candidates", along);
    }

    private static void assertUniform(String what, double[] numbers) {
        long[] counts = new long[100];
        for (double number : numbers) {
            assertTrue(number > 0 && number < 1);
            counts[(int) (100 * number)]++;
        }
        ChiSquare.assertFits(what, counts, uniform(100));
    }

    /** Seed 7, n = 100,000 pairs of neighbours; chi-square over 10 x 10 cells, false alarm 1e-6. */
    @Test
    void neighboursAreIndependent() {
        double[] numbers = filled(new Philox(7), 200_000);
        long[] counts = new long[100];
        for (int i = 0; i < numbers.length; i += 2) {
            counts[10 * (int) (10 * numbers[i]) + (int) (10 * numbers[i + 1])]++;
        }
        ChiSquare.assertFits("Philox pairs", counts, uniform(100));
    }

    /** 50 branches of 2 levels: all first numbers differ, from the root's as well. */
    @Test
    void branchesHaveOtherNumbersAndAlwaysTheSame() {
        Philox noise = new Philox(7);
        Set<Double> seen = new HashSet<>();
        seen.add(noise.uniform(3, 4, Purpose.PROPOSAL, 1));
        for (int number = 0; number < 25; number++) {
            Randomness branch = noise.branch(number);
            double first = branch.uniform(3, 4, Purpose.PROPOSAL, 1);
            seen.add(first);
            seen.add(branch.branch(number).uniform(3, 4, Purpose.PROPOSAL, 1));
            assertEquals(first, new Philox(7).branch(number).uniform(3, 4, Purpose.PROPOSAL, 1));
        }
        assertEquals(51, seen.size());
        assertEquals(
                "branch must be in [0, 2^24), got -1",
                assertThrows(IllegalArgumentException.class, () -> noise.branch(-1)).getMessage());
    }

    /** n = 65,536 branches, and along one branch; chi-square, false alarm 1e-6 each. */
    @Test
    void branchesAreUniform() {
        int n = 1 << 16;
        Philox noise = new Philox(7);
        double[] along = new double[n];
        Arrays.setAll(along, i -> noise.branch(i).uniform(0, 0, Purpose.PROPOSAL, 0));
        assertUniform("Philox along branches", along);
        noise.branch(1).fill(0, 0, Purpose.PROPOSAL, 0, along);
        assertUniform("Philox along an array of a branch", along);
    }

    private static double[] uniform(int cells) {
        double[] law = new double[cells];
        Arrays.fill(law, 1.0 / cells);
        return law;
    }
}
