package dev.tiller.cli.train;

import dev.tiller.finetune.job.JobResult;
import dev.tiller.finetune.log.RewardHacking;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The table at the end of a batch: one row for each job, in Markdown. */
final class BatchTable {
    private static final List<String> HEADER =
            List.of(
                    "job",
                    "state",
                    "best validation",
                    "referee",
                    "steps",
                    "seconds",
                    "folder or error");

    private BatchTable() {}

    static String of(List<Outcome> outcomes) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADER);
        outcomes.forEach(outcome -> rows.add(row(outcome)));
        int[] widths = new int[HEADER.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length - 1; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            append(text, rows.get(i), widths);
            if (i == 0) {
                text.append("|---".repeat(widths.length)).append("|\n");
            }
        }
        return text.toString();
    }

    private static void append(StringBuilder text, List<String> row, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            text.append("| ").append(row.get(i));
            text.append(" ".repeat(Math.max(0, widths[i] - row.get(i).length()) + 1));
        }
        text.append("|\n");
    }

    private static List<String> row(Outcome outcome) {
        Optional<JobResult> result = outcome.result();
        Optional<Double> referee = result.map(r -> r.validation().get(RewardHacking.REFEREE));
        String last = outcome.planned().folder().toString();
        if (outcome.error() != null) {
            last = outcome.error().replace('|', '/');
        }
        return List.of(
                outcome.planned().job().name(),
                outcome.state().toString(),
                result.map(r -> number("%.4f", r.validationLoss())).orElse(""),
                referee.map(value -> number("%.4f", value)).orElse(""),
                result.map(r -> Long.toString(r.steps())).orElse(""),
                outcome.seconds() == 0 ? "" : number("%.1f", outcome.seconds()),
                last);
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
