package dev.tiller.cli.run;

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
        text.append(row("reward " + job.rewardName(), rewards));
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
        if (designs.get(0).columns().containsKey(MoleculeModel.VALID)) {
            text.append(molecules());
        }
        if (designs.size() < job.num()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "reward budget of %,d calls is spent; %d of %d designs made%n",
                            job.maxRewardCalls(),
                            designs.size(),
                            job.num()));
        }
        return text.toString();
    }

    private String molecules() {
        double valid =
                designs.stream()
                        .mapToDouble(row -> row.columns().get(MoleculeModel.VALID))
                        .average()
                        .orElse(0);
        long empty = designs.stream().filter(row -> row.design().isEmpty()).count();
        return String.format(
                Locale.ROOT,
                "%.1f %% valid without correction; %d without atoms%n",
                100 * valid,
                empty);
    }

    private static String row(String name, double[] values) {
        return String.format(
                Locale.ROOT,
                "%-24s %9.4f %9.4f %9.4f %9.4f%n",
                name,
                Quantiles.of(values, 0.1),
                Quantiles.of(values, 0.5),
                Quantiles.of(values, 0.9),
                Quantiles.of(values, 1));
    }
}
