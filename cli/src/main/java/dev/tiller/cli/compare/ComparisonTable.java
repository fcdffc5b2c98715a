package dev.tiller.cli.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVFormat;

/** A comparison as a table: text for people, CSV for programs. */
public final class ComparisonTable {
    private static final String[] COLUMNS = {
        "method",
        "effort",
        "reward_median",
        "reward_median_low",
        "reward_median_high",
        "reward_q90",
        "reward_q90_low",
        "reward_q90_high",
        "referee_median",
        "referee_median_low",
        "referee_median_high",
        "referee_q90",
        "referee_q90_low",
        "referee_q90_high",
        "diversity",
        "unique_share",
        "unique_ancestors",
        "log_likelihood_median",
        "denoiser_rows",
        "gradient_rows",
        "reward_calls",
        "seconds",
        "peak_memory_mib",
        "failure"
    };

    private ComparisonTable() {}

    /**
     * Formats a table for people.
     *
     * @param methods the rows
     * @return lines of Markdown
     */
    public static String markdown(List<ComparedMethod> methods) {
        StringBuilder text = new StringBuilder();
        text.append(
                "| method | effort | reward median [95 %] | 90 % | referee median [95 %] | 90 %");
        text.append(" | diversity | unique | ancestors | log p | denoiser rows | gradients");
        text.append(" | reward calls | s | MiB |\n");
        text.append("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        for (ComparedMethod method : methods) {
            if (method.failure() != null) {
                text.append("| ").append(method.job().method()).append(" | ");
                text.append(method.effort()).append(" | failed: ").append(method.failure());
                text.append(" | | | | | | | | | | | | |\n");
                continue;
            }
            MethodStatistics s = method.statistics();
            ComparedMethod.Cost c = method.cost();
            List<String> cells = new ArrayList<>();
            cells.add(method.job().method().toString());
            cells.add(method.effort());
            addSpread(cells, s.reward());
            addSpread(cells, s.referee());
            cells.add(number("%.3f", s.diversity()));
            cells.add(number("%.2f", s.uniqueShare()));
            cells.add(number("%.1f", s.ancestors()));
            cells.add(number("%.1f", s.logLikelihood()));
            cells.add(number("%,.0f", c.denoiserRows()));
            cells.add(number("%,.0f", c.gradientRows()));
            cells.add(number("%,.0f", c.rewardCalls()));
            cells.add(number("%.1f", c.seconds()));
            cells.add(number("%.0f", c.peakMemory()));
            text.append("| ").append(String.join(" | ", cells)).append(" |\n");
        }
        return text.toString();
    }

    private static void addSpread(List<String> cells, MethodStatistics.Spread spread) {
        if (spread == null) {
            cells.add("");
            cells.add("");
            return;
        }
        cells.add(
                String.format(
                        Locale.ROOT,
                        "%.3f [%.3f, %.3f]",
                        spread.median(),
                        spread.medianInterval().low(),
                        spread.medianInterval().high()));
        cells.add(number("%.3f", spread.upper()));
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
    }

    /**
     * Formats the table as CSV, numbers in full.
     *
     * @param methods the rows
     * @return a line of names and one for each method
     */
    public static String csv(List<ComparedMethod> methods) {
        StringBuilder text = new StringBuilder(String.join(",", COLUMNS)).append('\n');
        for (ComparedMethod method : methods) {
            text.append(CSVFormat.DEFAULT.format(cells(method).toArray())).append('\n');
        }
        return text.toString();
    }

    private static List<Object> cells(ComparedMethod method) {
        List<Object> cells = new ArrayList<>();
        cells.add(method.job().method());
        cells.add(method.effort());
        MethodStatistics s = method.statistics();
        ComparedMethod.Cost c = method.cost();
        if (s != null) {
            addNumbers(cells, s.reward());
            addNumbers(cells, s.referee());
            for (double value :
                    new double[] {
                        s.diversity(),
                        s.uniqueShare(),
                        s.ancestors(),
                        s.logLikelihood(),
                        c.denoiserRows(),
                        c.gradientRows(),
                        c.rewardCalls(),
                        c.seconds(),
                        c.peakMemory()
                    }) {
                cells.add(Double.isNaN(value) ? "" : value);
            }
        }
        while (cells.size() < COLUMNS.length - 1) {
            cells.add("");
        }
        cells.add(method.failure() == null ? "" : method.failure());
        return cells;
    }

    private static void addNumbers(List<Object> cells, MethodStatistics.Spread spread) {
        if (spread == null) {
            cells.addAll(List.of("", "", "", "", "", ""));
            return;
        }
        cells.add(spread.median());
        cells.add(spread.medianInterval().low());
        cells.add(spread.medianInterval().high());
        cells.add(spread.upper());
        cells.add(spread.upperInterval().low());
        cells.add(spread.upperInterval().high());
    }
}
