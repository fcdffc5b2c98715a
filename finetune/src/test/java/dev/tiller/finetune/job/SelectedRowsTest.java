package dev.tiller.finetune.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.finetune.data.Split;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelectedRowsTest {
    private static final int LENGTH = 32;
    private static final int ROWS = 600;

    @TempDir private Path folder;
    private Path table;

    /**
     * Two media; sets random, native and drift. Every third row is one letter away from its
     * predecessor, which is of another set.
     */
    @BeforeEach
    void writeTable() throws IOException {
        StringBuilder text = new StringBuilder("sequence\tmedium\tset\texpression\n");
        String before = "";
        for (int row = 0; row < ROWS; row++) {
            double[] uniforms = new double[LENGTH];
            new Philox(11).fill(row, 0, Purpose.TRAINING_INPUT, 0, uniforms);
            StringBuilder sequence = new StringBuilder();
            for (double u : uniforms) {
                sequence.append("ACGT".charAt((int) (u * 4)));
            }
            if (row % 3 == 2) {
                char changed = before.charAt(3) == 'A' ? 'C' : 'A';
                sequence = new StringBuilder(before);
                sequence.setCharAt(3, changed);
            }
            before = sequence.toString();
            text.append(sequence)
                    .append(row / 6 % 2 == 0 ? "\tcomplex\t" : "\tdefined\t")
                    .append(List.of("random", "native", "drift").get(row % 3))
                    .append('\t')
                    .append(row)
                    .append('\n');
        }
        table = Files.writeString(folder.resolve("t.tsv"), text);
    }

    private SelectedRows read(String... overrides) throws IOException {
        List<String> settings = new ArrayList<>();
        settings.add("data.label_column=expression");
        settings.addAll(List.of(overrides));
        TrainingJob job = job(settings);
        return SelectedRows.read(table, "sequence", job);
    }

    private static TrainingJob job(List<String> settings) throws IOException {
        return JobFile.read(Path.of("..", "recipes", "rna-utr5-mrl.yaml"), settings);
    }

    private String refusal(String... overrides) {
        return assertThrows(IllegalArgumentException.class, () -> read(overrides)).getMessage();
    }

    @Test
    void keepsTheRowsWithTheValuesThatAreAllowed() throws IOException {
        SelectedRows all = read();
        assertEquals(ROWS, all.rows().size());
        assertEquals(ROWS, all.groups().count());
        SelectedRows some = read("data.where={medium: [complex], set: [random, drift]}");
        assertEquals(ROWS / 3, some.rows().size());
        for (double row : some.rows().labels()) {
            assertTrue((int) row / 6 % 2 == 0 && row % 3 != 1, "row " + row);
        }
        assertEquals(ROWS, some.inTable());
    }

    @Test
    void namesTheColumnsAndTheValuesThatThereAre() {
        assertEquals(
                table + " must have a column 'media', got [sequence, medium, set, expression]",
                refusal("data.where={media: [complex]}"));
        assertEquals(
                "data.where.medium must hold values that occur, of complex, defined, got 'rich'",
                refusal("data.where={medium: [complex, rich]}"));
        assertEquals(
                "data.held_out_where.set must hold values that occur, of drift, native, random,"
                        + " got 'sswm'",
                refusal("data.held_out_where={set: [sswm]}"));
        assertEquals(
                "data.where.expression must hold values that occur, of 0, 1, 10, 100, 101, 102,"
                        + " 103, 104, 105, 106, 107, 108 and 588 more, got '7.5'",
                refusal("data.where={expression: ['7.5']}"));
        assertEquals(
                table + " must have a column 'locus', got [sequence, medium, set, expression]",
                refusal("data.groups='column:locus'"));
        assertEquals(
                "data.where and data.part must leave rows of "
                        + table
                        + ", got none; allow more values or give fewer parts",
                refusal("data.where={expression: ['2'], set: [random]}"));
    }

    @Test
    void onlyAllowedRowsAreHeldOutAndTheirLikesAreNotLearned() throws IOException {
        List<String> settings =
                List.of(
                        "data.label_column=expression",
                        "data.where={medium: [complex]}",
                        "data.held_out_where={set: [random, native]}",
                        "data.groups=similar");
        SelectedRows rows = SelectedRows.read(table, "sequence", job(settings));
        // of three rows two are alike
        assertEquals(ROWS / 3, rows.groups().count());
        Split split = rows.split(job(settings));
        assertEquals(20, split.test().length);
        assertEquals(20, split.validation().length);
        Set<Integer> learned = new HashSet<>();
        Arrays.stream(split.training()).forEach(row -> learned.add(label(rows, row)));
        int dropped = 0;
        for (int[] part : List.of(split.validation(), split.test())) {
            for (int row : part) {
                int label = label(rows, row);
                assertTrue(label % 3 != 2, "row " + label + " is of set drift");
                if (label % 3 == 1) {
                    dropped++;
                    assertFalse(learned.contains(label + 1), "near-copy of row " + label);
                }
            }
        }
        assertEquals(ROWS / 2 - 40 - dropped, learned.size());
        assertEquals(
                "{training sequences="
                        + learned.size()
                        + ", validation sequences=20, test sequences=20, groups of sequences=200,"
                        + " sequences left out with the group of a held-out one="
                        + dropped
                        + ", sequences of the table=600}",
                rows.sizes(split).toString());
    }

    private static int label(SelectedRows rows, int row) {
        return (int) rows.rows().labels()[row];
    }

    /** A reward and its referee: other seeds and even other rows, but the same parts. */
    @Test
    void partsDoNotOverlapWhateverTheSeed() throws IOException {
        SelectedRows reward = read("data.groups=similar", "data.part={index: 0, of: 2}", "seed=1");
        SelectedRows referee =
                read(
                        "data.groups=similar",
                        "data.part={index: 1, of: 2}",
                        "seed=2",
                        "data.where={medium: [complex]}");
        SelectedRows again = read("data.groups=similar", "data.part={index: 0, of: 2}", "seed=77");
        assertArrayEquals(reward.rows().labels(), again.rows().labels());
        assertEquals(ROWS / 2, reward.rows().size(), 1); // groups of one row and of two
        Set<Integer> seen = new HashSet<>();
        for (int row = 0; row < reward.rows().size(); row++) {
            seen.add(label(reward, row));
        }
        for (int row = 0; row < referee.rows().size(); row++) {
            int label = label(referee, row);
            int like = label % 3 == 1 ? label + 1 : label % 3 == 2 ? label - 1 : label;
            assertFalse(seen.contains(label) || seen.contains(like), "row " + label);
        }
    }

    @Test
    void groupsAreTheValuesOfAColumn() throws IOException {
        assertEquals(3, read("data.groups='column:set'").groups().count());
    }

    @Test
    void aClassIsItsPlaceInTheListOrOneAgainstTheRest() throws IOException {
        String[] column = {"data.label_column=set", "data.classes=[native, drift, random]"};
        SelectedRows named = read(column[0], column[1], "objective=masked_nelbo");
        assertEquals(0, named.rows().labels()[1]);
        assertEquals(1, named.rows().labels()[2]);
        assertEquals(2, named.rows().labels()[3]);
        SelectedRows rest = read(column[0], "data.classes=[drift]", "objective=classification");
        assertArrayEquals(new double[] {0, 0, 1, 0, 0, 1}, Arrays.copyOf(rest.rows().labels(), 6));
    }

    @Test
    void everyClassHasRowsAndEveryRowOfADenoiserAClass() {
        String column = "data.label_column=set";
        String denoiser = "objective=masked_nelbo";
        assertEquals(
                "data.classes must hold values that occur, of drift, native, random, got 'sswm'",
                refusal(column, "data.classes=[native, sswm]", denoiser));
        assertEquals(
                "data.classes must name the class of every row, got none for 'random'; name it, or"
                        + " leave those rows out by data.where",
                refusal(column, "data.classes=[native, drift]", denoiser));
        assertEquals(
                "data.classes must leave rows that count as 0, got all values: native, drift,"
                        + " random",
                refusal(
                        column,
                        "data.classes=[native, drift, random]",
                        "objective=classification"));
    }
}
