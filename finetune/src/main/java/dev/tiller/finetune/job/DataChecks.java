package dev.tiller.finetune.job;

import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** What a job must and must not say of the rows of its table. */
final class DataChecks {
    /** The value of {@code data.groups} that puts near-duplicates together. */
    static final String SIMILAR = "similar";

    private static final String COLUMN = "column:";

    private DataChecks() {}

    static void check(TrainingJob job) {
        TrainingJob.Data data = job.data();
        values("data.where", data.where());
        values("data.held_out_where", data.heldOutWhere());
        String groups = JobRunner.or(data.groups(), "none");
        JobChecks.requireThat(
                groups.equals("none")
                        || groups.equals(SIMILAR)
                        || (groups.startsWith(COLUMN) && groups.length() > COLUMN.length()),
                "data.groups",
                "be none, similar or column:NAME",
                groups);
        part(job);
        classes(job);
    }

    /** Returns the column whose values are the groups, or null. */
    static String groupColumn(TrainingJob job) {
        String groups = job.data().groups();
        boolean column = groups != null && groups.startsWith(COLUMN);
        return column ? groups.substring(COLUMN.length()) : null;
    }

    private static void values(String key, Map<String, List<String>> allowed) {
        if (allowed == null) {
            return;
        }
        allowed.forEach(
                (column, values) ->
                        JobChecks.requireThat(
                                values != null && !values.isEmpty() && !values.contains(null),
                                key + "." + column,
                                "list one value or more",
                                values));
    }

    static void part(TrainingJob job) {
        TrainingJob.Part part = job.data().part();
        if (part == null) {
            return;
        }
        JobChecks.require(part.index() != null, "data.part.index", job);
        JobChecks.require(part.of() != null, "data.part.of", job);
        JobChecks.requireThat(part.of() >= 1, "data.part.of", "be at least 1", part.of());
        JobChecks.requireThat(
                part.index() >= 0 && part.index() < part.of(),
                "data.part.index",
                "be from 0 to " + (part.of() - 1),
                part.index());
    }

    private static void classes(TrainingJob job) {
        TrainingJob.Data data = job.data();
        Double dropout = data.classDropout();
        if (data.classes() == null) {
            JobChecks.requireThat(
                    dropout == null,
                    "data.class_dropout",
                    "be left out without data.classes",
                    dropout);
            return;
        }
        JobChecks.require(data.labelColumn() != null, "data.label_column", job);
        List<String> classes = data.classes();
        JobChecks.requireThat(
                !classes.isEmpty()
                        && !classes.contains(null)
                        && new HashSet<>(classes).size() == classes.size(),
                "data.classes",
                "list different values",
                classes);
        JobChecks.requireThat(
                dropout == null || (dropout >= 0 && dropout < 1),
                "data.class_dropout",
                "be in [0, 1)",
                dropout);
    }
}
