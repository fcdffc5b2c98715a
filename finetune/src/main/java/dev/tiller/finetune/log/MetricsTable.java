package dev.tiller.finetune.log;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Rows of metrics as the lines of a CSV file. The columns are the same for every objective: step,
 * loss, gradient_norm, learning_rate, then the objective's numbers of the steps, then, each with
 * the prefix {@code validation_}, those of the validation; both in the order of their names. A
 * number that a row does not have is NaN. Nothing depends on the time of day.
 */
public final class MetricsTable {
    private static final String FIXED = "step,loss,gradient_norm,learning_rate";

    private MetricsTable() {}

    /**
     * Lays out rows.
     *
     * @param rows the rows
     * @return the header and one line for each row
     */
    public static List<String> lines(List<MetricsRow> rows) {
        SortedSet<String> training = names(rows, MetricsRow::training);
        SortedSet<String> validation = names(rows, MetricsRow::validation);
        List<String> lines = new ArrayList<>();
        StringBuilder header = new StringBuilder(FIXED);
        training.forEach(name -> header.append(',').append(name));
        validation.forEach(name -> header.append(",validation_").append(name));
        lines.add(header.toString());
        for (MetricsRow row : rows) {
            StringBuilder line = new StringBuilder();
            line.append(row.step()).append(',').append(row.loss());
            line.append(',').append(row.gradientNorm()).append(',').append(row.learningRate());
            append(line, training, row.training());
            append(line, validation, row.validation());
            lines.add(line.toString());
        }
        return lines;
    }

    private static SortedSet<String> names(
            List<MetricsRow> rows, Function<MetricsRow, SortedMap<String, Double>> part) {
        SortedSet<String> names = new TreeSet<>();
        rows.forEach(row -> names.addAll(part.apply(row).keySet()));
        return names;
    }

    private static void append(
            StringBuilder line, SortedSet<String> names, SortedMap<String, Double> numbers) {
        for (String name : names) {
            line.append(',').append(numbers.getOrDefault(name, Double.NaN));
        }
    }
}
