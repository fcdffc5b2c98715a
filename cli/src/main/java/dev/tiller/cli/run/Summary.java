package dev.tiller.cli.run;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The result of a run in one table.
 *
 * @param job the job
 * @param designs the designs, by sample id
 * @param counts what was evaluated
 * @param seconds wall time, all sessions together
 */
public record Summary(SamplingJob job, List<DesignRow> designs, Counts counts, double seconds) {
    /**
     * Formats the table.
     *
     * @return a few lines of text
     */
    public String table() {
        double[] rewards = designs.stream().mapToDouble(DesignRow::reward).toArray();
        double[] referees = designs.stream().mapToDouble(DesignRow::referee).toArray();
        long unique = designs.stream().map(DesignRow::design).distinct().count();
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "%-24s %9s %9s %9s %9s%n",
                        job.method() + " on " + job.model(),
                        "10 %",
                        "median",
                        "90 %",
                        "best"));
        text.append(row("reward " + job.reward(), rewards));
        if (!Double.isNaN(referees[0])) {
            text.append(row("referee", referees));
        }
        double share = 100.0 * counts.denoiserRows() / counts.denoiserRowsWithoutSavings();
        text.append(
                String.format(
                        Locale.ROOT,
                        "%d designs, %d unique, in %.1f s; denoiser rows %,d (%.0f %% of %,d)%n",
                        designs.size(),
                        unique,
                        seconds,
                        counts.denoiserRows(),
                        share,
                        counts.denoiserRowsWithoutSavings()));
        return text.toString();
    }

    private static String row(String name, double[] values) {
        return String.format(
                Locale.ROOT,
                "%-24s %9.4f %9.4f %9.4f %9.4f%n",
                name,
                quantile(values, 0.1),
                quantile(values, 0.5),
                quantile(values, 0.9),
                quantile(values, 1));
    }

    /**
     * Returns a quantile, interpolated linearly as NumPy does.
     *
     * @param values at least one number
     * @param level in [0, 1]
     * @return the quantile
     */
    static double quantile(double[] values, double level) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double position = level * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
