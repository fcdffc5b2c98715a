package dev.tiller.finetune.job;

import dev.tiller.finetune.data.Groups;
import dev.tiller.finetune.data.LabelledTokens;
import dev.tiller.finetune.data.SequenceTable;
import dev.tiller.finetune.data.Split;
import dev.tiller.sampler.Philox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The rows of a table that a job uses.
 *
 * @param rows their sequences and labels; a class is the label of its number
 * @param groups which of them belong together
 * @param mayBeHeldOut which of them may be held out
 * @param inTable rows of the whole table
 */
record SelectedRows(LabelledTokens rows, Groups groups, boolean[] mayBeHeldOut, int inTable) {
    private static final int VALUES_SHOWN = 12;

    /** Reads the table of a job; groups and parts are those of the whole table. */
    static SelectedRows read(Path table, String sequences, TrainingJob job) throws IOException {
        TrainingJob.Data data = job.data();
        boolean classes = data.classes() != null;
        Set<String> columns = new LinkedHashSet<>();
        for (Map<String, List<String>> allowed : Arrays.asList(data.where(), data.heldOutWhere())) {
            if (allowed != null) {
                columns.addAll(allowed.keySet());
            }
        }
        String grouping = DataChecks.groupColumn(job);
        if (grouping != null) {
            columns.add(grouping);
        }
        if (classes) {
            columns.add(data.labelColumn());
        }
        SequenceTable.Rows all =
                SequenceTable.read(
                        table,
                        sequences,
                        classes ? null : data.labelColumn(),
                        columns,
                        job.model().alphabet());
        boolean[] used = matching(all, data.where(), "data.where.");
        Groups groups = groups(all, grouping, data.groups());
        if (data.part() != null) {
            int[] parts = groups.parts(data.part().of());
            IntStream.range(0, parts.length)
                    .forEach(row -> used[row] &= parts[row] == data.part().index());
        }
        boolean[] held = matching(all, data.heldOutWhere(), "data.held_out_where.");
        int[] kept = IntStream.range(0, used.length).filter(row -> used[row]).toArray();
        if (kept.length == 0) {
            throw new IllegalArgumentException(
                    "data.where and data.part must leave rows of "
                            + table
                            + ", got none; allow more values or give fewer parts");
        }
        boolean[] heldOfKept = new boolean[kept.length];
        for (int i = 0; i < kept.length; i++) {
            heldOfKept[i] = held[kept[i]];
        }
        LabelledTokens rows = all.data().select(kept);
        if (classes) {
            List<String> texts = all.texts().get(data.labelColumn());
            List<String> values = Arrays.stream(kept).mapToObj(texts::get).toList();
            rows = new LabelledTokens(rows.tokens(), labels(values, job));
        }
        return new SelectedRows(rows, groups.select(kept), heldOfKept, used.length);
    }

    private static Groups groups(SequenceTable.Rows all, String column, String groups) {
        if (column != null) {
            return Groups.byValue(all.texts().get(column));
        }
        return DataChecks.SIMILAR.equals(groups)
                ? Groups.similar(all.data().tokens())
                : Groups.single(all.data().size());
    }

    private static boolean[] matching(
            SequenceTable.Rows all, Map<String, List<String>> allowed, String key) {
        boolean[] matching = new boolean[all.data().size()];
        Arrays.fill(matching, true);
        if (allowed == null) {
            return matching;
        }
        allowed.forEach(
                (column, values) -> {
                    List<String> texts = all.texts().get(column);
                    requireKnown(values, texts, key + column);
                    Set<String> set = Set.copyOf(values);
                    for (int row = 0; row < matching.length; row++) {
                        matching[row] &= set.contains(texts.get(row));
                    }
                });
        return matching;
    }

    private static void requireKnown(List<String> values, List<String> texts, String key) {
        Set<String> known = new TreeSet<>(texts);
        for (String value : values) {
            if (!known.contains(value)) {
                List<String> first = known.stream().limit(VALUES_SHOWN).toList();
                throw new IllegalArgumentException(
                        key
                                + " must hold values that occur, of "
                                + String.join(", ", first)
                                + (known.size() > VALUES_SHOWN
                                        ? " and " + (known.size() - VALUES_SHOWN) + " more"
                                        : "")
                                + ", got '"
                                + value
                                + "'");
            }
        }
    }

    private static double[] labels(List<String> values, TrainingJob job) {
        List<String> classes = job.data().classes();
        requireKnown(classes, values, "data.classes");
        if (job.objective() == TrainingJob.Kind.CLASSIFICATION) {
            if (classes.containsAll(values)) {
                throw new IllegalArgumentException(
                        "data.classes must leave rows that count as 0, got all values: "
                                + String.join(", ", classes));
            }
            return values.stream().mapToDouble(value -> classes.contains(value) ? 1 : 0).toArray();
        }
        List<String> others = new ArrayList<>(new TreeSet<>(values));
        others.removeAll(classes);
        if (!others.isEmpty()) {
            throw new IllegalArgumentException(
                    "data.classes must name the class of every row, got none for '"
                            + others.get(0)
                            + "'; name it, or leave those rows out by data.where");
        }
        return values.stream().mapToDouble(classes::indexOf).toArray();
    }

    /** Splits the rows as a job says. */
    Split split(TrainingJob job) {
        double validation = JobRunner.or(job.data().validation(), 0.1);
        double test = JobRunner.or(job.data().test(), 0.1);
        Split split = Split.of(groups, mayBeHeldOut, validation, test, new Philox(job.seed()));
        int held = Math.min(split.validation().length, split.test().length);
        if (Math.min(split.training().length, held) == 0) {
            throw new IllegalArgumentException(
                    "data.validation and data.test must leave examples for each part, got "
                            + sizes(split)
                            + "; give more examples or other shares");
        }
        return split;
    }

    /** What the card says of a split. */
    Map<String, Object> sizes(Split split) {
        Map<String, Object> sizes = new LinkedHashMap<>();
        sizes.put("training sequences", split.training().length);
        sizes.put("validation sequences", split.validation().length);
        sizes.put("test sequences", split.test().length);
        int used = split.training().length + split.validation().length + split.test().length;
        if (groups.count() < groups.rows() || used < inTable) {
            sizes.put("groups of sequences", groups.count());
            sizes.put("sequences left out with the group of a held-out one", groups.rows() - used);
            sizes.put("sequences of the table", inTable);
        }
        return sizes;
    }

    /** Takes rows that have no groups. */
    static SelectedRows of(LabelledTokens rows) {
        boolean[] all = new boolean[rows.size()];
        Arrays.fill(all, true);
        return new SelectedRows(rows, Groups.single(rows.size()), all, rows.size());
    }
}
