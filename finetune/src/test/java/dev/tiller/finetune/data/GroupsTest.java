package dev.tiller.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.tiller.sampler.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupsTest {
    private static final String A = "AAAACCCCGGGGTTTT";
    private static final String B = "ACGTACGTACGTACGT";
    private static final String C = "TTTTTTTTCCCCCCCC";
    private static final String D = "GAGAGAGAGAGAGAGA";

    private static long[][] tokens(String... rows) {
        return Arrays.stream(rows)
                .map(row -> row.chars().mapToLong("ACGT"::indexOf).toArray())
                .toArray(long[][]::new);
    }

    private static int[] of(Groups groups) {
        return IntStream.range(0, groups.rows()).map(groups::of).toArray();
    }

    @Test
    void rowsThatShareAnAlignedBlockAreTogether() {
        Groups groups =
                Groups.similar(
                        tokens(
                                A + B, // 0
                                C + D, // 1: nothing in common with row 0
                                B + A, // 2: the blocks of row 0, but elsewhere
                                A + C, // 3: first block of row 0
                                D + C, // 4: second block of row 3, so linked to row 0 by it
                                C + A)); // 5: first block of row 1, second of row 2: links both
        assertArrayEquals(new int[] {0, 1, 1, 0, 0, 1}, of(groups));
        assertEquals(2, groups.count());
        assertArrayEquals(new int[][] {{0, 3, 4}, {1, 2, 5}}, groups.members());
    }

    /** A tail is shorter than a block, and one letter in a block makes it another. */
    @Test
    void aTailAndAnAlmostEqualBlockDoNotCount() {
        Groups tails = Groups.similar(tokens(A + "ACGTACGTACGTACG", B + "ACGTACGTACGTACG"));
        assertArrayEquals(new int[] {0, 1}, of(tails));
        Groups almost = Groups.similar(tokens(A, "C" + A.substring(1), A));
        assertArrayEquals(new int[] {0, 1, 0}, of(almost));
        assertArrayEquals(new int[] {0, 1}, of(Groups.similar(tokens("ACGT", "ACGT"))));
    }

    /** Three SH3 domains, two of them of spectrin; a WW domain; protein G. */
    @Test
    void homologousProteinsAreTogether() {
        Groups groups =
                Groups.homologous(
                        List.of(
                                "MDETGKELVLALYDYQEKSPREVTMKKGDILTLLNSTNKDWWKVEVNDRQGFVPAAYVKKLD",
                                "KLPPGWEKRMSRSSGRVYYFNHITNASQWERPSG",
                                "MTYKLILNGKTLKGETTTEAVDAATAEKVFKQYANDNGVDGEWTYDDATKTFTVTE",
                                "TFVALYDYESRTETDLSFKKGERLQIVNNTEGDWWLAHSLSTGQTGYIPSNYVAPSD",
                                "KELVLALYDYQEKSPREVTMKKGDILTLLNSTNKDWWKVEVNGRQGFVPAAYVKKLD"),
                        0.3);
        assertArrayEquals(new int[] {0, 1, 2, 0, 0}, of(groups));
    }

    @Test
    void rowsOfOneValueAreTogether() {
        Groups groups = Groups.byValue(List.of("chr2", "chr1", "chr2", "chrX"));
        assertArrayEquals(new int[] {0, 1, 0, 2}, of(groups));
        Groups some = groups.select(new int[] {3, 2, 0});
        assertArrayEquals(new int[] {0, 1, 1}, of(some));
        assertEquals(2, some.count());
        assertArrayEquals(new int[] {0, 1, 2}, of(Groups.single(3)));
    }

    @Test
    void partsAreDisjointKeepGroupsAndAreOfEqualSize() {
        // 300 groups of 1, 2, 3, ... 5 rows, not next to each other
        int rows = 900;
        List<String> values =
                IntStream.range(0, rows).mapToObj(row -> "g" + row % 300 % 100 * 3 % 300).toList();
        Groups groups = Groups.byValue(values);
        for (int count : new int[] {1, 2, 3}) {
            int[] parts = groups.parts(count);
            int[] sizes = new int[count];
            for (int row = 0; row < rows; row++) {
                sizes[parts[row]]++;
                assertEquals(parts[groups.members()[groups.of(row)][0]], parts[row]);
            }
            for (int size : sizes) {
                assertEquals(rows / count, size, 9, "one group of 9 at most too many");
            }
            assertArrayEquals(parts, groups.parts(count));
        }
    }

    @Test
    void partsAreInNoOrderOfTheFile() {
        int[] parts = Groups.single(1000).parts(2);
        // 500 of part 0; among the first half of the file 250, standard deviation 7.9: six of them
        assertEquals(500, Arrays.stream(parts).filter(part -> part == 0).count());
        assertEquals(250, Arrays.stream(parts, 0, 500).filter(part -> part == 0).count(), 48);
        assertNotEquals(0, IntStream.range(1, 9).filter(i -> parts[i] == parts[i - 1]).count());
    }

    @Test
    void aSplitPartsNoGroupAndHoldsOutOnlyWhatItMay() {
        List<String> values = IntStream.range(0, 600).mapToObj(row -> "g" + row % 200).toList();
        Groups groups = Groups.byValue(values);
        boolean[] may = new boolean[600];
        for (int row = 0; row < 400; row++) {
            may[row] = row % 2 == 0; // of each group of three rows: two, or none
        }
        Split split = Split.of(groups, may, 0.1, 0.2, new Philox(3));
        assertEquals(20, split.validation().length);
        assertEquals(40, split.test().length);
        // each held-out group has two rows that may be held out and one that is dropped
        assertEquals(600 - 3 * 30, split.training().length);
        int[] side = new int[200];
        mark(split.training(), 1, side, groups);
        mark(split.validation(), 2, side, groups);
        mark(split.test(), 4, side, groups);
        Arrays.stream(side).forEach(sides -> assertEquals(1, Integer.bitCount(sides)));
        for (int row : split.test()) {
            assertEquals(true, may[row]);
        }
    }

    private static void mark(int[] rows, int side, int[] sides, Groups groups) {
        for (int row : rows) {
            sides[groups.of(row)] |= side;
        }
    }

    /** A group of half the rows would be the whole test: it stays in training. */
    @Test
    void aGroupThatDoesNotFitIsForTraining() {
        List<String> values =
                IntStream.range(0, 100).mapToObj(row -> row < 50 ? "big" : "g" + row).toList();
        boolean[] may = new boolean[100];
        Arrays.fill(may, true);
        for (int seed = 0; seed < 5; seed++) {
            Split split = Split.of(Groups.byValue(values), may, 0.1, 0.1, new Philox(seed));
            assertEquals(10, split.test().length);
            assertEquals(10, split.validation().length);
            assertEquals(50, Arrays.stream(split.training()).filter(row -> row < 50).count());
        }
    }
}
