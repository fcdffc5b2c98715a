package dev.tiller.cli.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;

/**
 * An evaluation as a table: for people with the mean and the standard deviation over the seeds of a
 * method, for programs with a row for each seed. A column without a number in any row is left out.
 */
public final class EvaluationTable {
    private final List<Column> columns;
    private final List<EvaluatedSet> rows;

    EvaluationTable(List<Column> columns, List<EvaluatedSet> rows) {
        int[] kept =
                IntStream.range(0, columns.size())
                        .filter(i -> rows.stream().anyMatch(row -> !row.values().get(i).isNaN()))
                        .toArray();
        this.columns = IntStream.of(kept).mapToObj(columns::get).toList();
        this.rows =
                rows.stream()
                        .map(
                                row ->
                                        new EvaluatedSet(
                                                row.set(),
                                                IntStream.of(kept)
                                                        .mapToObj(row.values()::get)
                                                        .toList(),
                                                row.judged()))
                        .toList();
    }

    /**
     * Returns the rows.
     *
     * @return a row for each seed of each method
     */
    public List<EvaluatedSet> rows() {
        return rows;
    }

    /**
     * Formats the table for people.
     *
     * @return lines of Markdown; with several seeds a cell is the mean and, after the sign ±, the
     *     standard deviation over the seeds (divisor seeds - 1); without it where a count is the
     *     same for all seeds
     */
    public String markdown() {
        List<String> titles = new ArrayList<>(List.of("set", "seeds", "n"));
        columns.forEach(column -> titles.add(column.title()));
        StringBuilder text = new StringBuilder();
        line(text, titles);
        line(text, titles.stream().map(title -> "---").toList());
        byLabel().forEach((label, seeds) -> line(text, cells(label, seeds)));
        return text.toString();
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private Map<String, List<EvaluatedSet>> byLabel() {
        return rows.stream()
                .collect(
                        Collectors.groupingBy(
                                row -> row.set().label(), LinkedHashMap::new, Collectors.toList()));
    }

    private List<String> cells(String label, List<EvaluatedSet> seeds) {
        List<String> cells = new ArrayList<>();
        cells.add(label.replace("|", "\\|"));
        cells.add(Integer.toString(seeds.size()));
        cells.add(
                seeds.stream()
                        .map(row -> Integer.toString(row.set().designs().size()))
                        .distinct()
                        .collect(Collectors.joining(", ")));
        for (int i = 0; i < columns.size(); i++) {
            int column = i;
            double[] values = seeds.stream().mapToDouble(row -> row.values().get(column)).toArray();
            cells.add(cell(values, columns.get(i).digits()));
        }
        return cells;
    }

    private static String cell(double[] values, int digits) {
        SeedSpread spread = SeedSpread.of(values);
        String format = "%." + digits + "f";
        if (Double.isNaN(spread.mean())) {
            return "";
        }
        String mean = String.format(Locale.ROOT, format, spread.mean());
        boolean sameCount = digits == 0 && spread.deviation() == 0;
        if (Double.isNaN(spread.deviation()) || sameCount) {
            return mean;
        }
        return mean + " ± " + String.format(Locale.ROOT, format, spread.deviation());
    }

    /**
     * Formats the table for programs.
     *
     * @return a line of names and a line for each seed of each method, numbers in full, nothing
     *     where a number is not defined
     */
    public String csv() {
        List<Object> names = new ArrayList<>(List.of("set", "replicate", "source", "n"));
        columns.forEach(column -> names.add(column.name()));
        StringBuilder text = new StringBuilder(csvLine(names));
        for (EvaluatedSet row : rows) {
            List<Object> cells = new ArrayList<>();
            cells.add(row.set().label());
            cells.add(row.set().replicate());
            cells.add(row.set().source());
            cells.add(row.set().designs().size());
            for (int i = 0; i < columns.size(); i++) {
                cells.add(number(row.values().get(i), columns.get(i).digits()));
            }
            text.append(csvLine(cells));
        }
        return text.toString();
    }

    private static Object number(double value, int digits) {
        if (Double.isNaN(value)) {
            return "";
        }
        return digits == 0 ? (Object) Math.round(value) : (Object) value;
    }

    private static String csvLine(List<Object> cells) {
        return CSVFormat.DEFAULT.format(cells.toArray()) + "\n";
    }
}
