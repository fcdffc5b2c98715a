package dev.tiller.cli.compare;

import dev.tiller.cli.run.AtomicFiles;
import dev.tiller.cli.run.ChildRun;
import dev.tiller.cli.run.Counts;
import dev.tiller.cli.run.DesignRow;
import dev.tiller.cli.run.FinishedRun;
import dev.tiller.cli.run.JobYaml;
import dev.tiller.cli.run.SamplingJob;
import dev.tiller.cli.run.SamplingRun;
import dev.tiller.sampler.Philox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs methods at equal budgets over several seeds, each run in a JVM of its own, and sums them up.
 * Finished runs are kept: a comparison that was stopped goes on where it was.
 */
public final class Comparison {
    /** Designs for which the likelihood bound is computed, of each method. */
    private static final int LIKELIHOOD_DESIGNS = 64;

    private final Path folder;
    private final Budget budget;
    private final int seeds;
    private final Consumer<String> progress;

    /**
     * Creates a comparison.
     *
     * @param folder where the runs and the results go
     * @param budget what each method may spend for each seed
     * @param seeds how many seeds, counted from that of the job
     * @param progress told in one line what is done next
     */
    public Comparison(Path folder, Budget budget, int seeds, Consumer<String> progress) {
        if (seeds < 1) {
            throw new IllegalArgumentException("--seeds must be at least 1, got " + seeds);
        }
        this.folder = folder;
        this.budget = budget;
        this.seeds = seeds;
        this.progress = progress;
    }

    /**
     * Runs all methods.
     *
     * @param jobs the job of each method
     * @return one row for each method, in order
     * @throws IOException if a file cannot be read or written
     * @throws IllegalArgumentException if the budget does not cover a method
     */
    public List<ComparedMethod> run(List<SamplingJob> jobs) throws IOException {
        Files.createDirectories(folder);
        Effort effort = new Effort(budget, Comparison::pilot);
        List<SamplingJob> fitted = new ArrayList<>();
        for (SamplingJob job : jobs) {
            progress.accept(job.method() + ": how much effort fits the budget");
            fitted.add(effort.fit(job));
        }
        List<ComparedMethod> methods = new ArrayList<>();
        for (SamplingJob job : fitted) {
            methods.add(compare(job));
        }
        return methods;
    }

    private static Counts pilot(SamplingJob job, int designs) throws IOException {
        try (SamplingRun run = new SamplingRun(job)) {
            return run.cost(designs);
        }
    }

    private ComparedMethod compare(SamplingJob job) throws IOException {
        List<FinishedRun> runs = new ArrayList<>();
        for (int i = 0; i < seeds; i++) {
            SamplingJob seeded = job.withSeed(job.seed() + i);
            Path run = folder.resolve(job.method() + "-seed-" + seeded.seed());
            String what = (job.method() + " " + Effort.describe(job)).strip();
            progress.accept(what + ", seed " + seeded.seed());
            Path log = folder.resolve(run.getFileName() + ".log");
            Path file = folder.resolve(run.getFileName() + ".yaml");
            AtomicFiles.write(file, JobYaml.write(seeded));
            int exit =
                    ChildRun.execute(
                            List.of(
                                    "sample",
                                    "--quiet",
                                    "--job",
                                    file.toString(),
                                    "--out",
                                    run.toString(),
                                    "--resume"),
                            log);
            if (exit != 0) {
                return ComparedMethod.failed(job, ChildRun.reason(log));
            }
            runs.add(FinishedRun.read(run));
        }
        List<List<DesignRow>> designs = runs.stream().map(FinishedRun::designs).toList();
        progress.accept(job.method() + ": likelihood of the designs");
        double[] logLikelihoods = logLikelihoods(job, designs);
        return ComparedMethod.of(
                job,
                MethodStatistics.of(designs, job.notation(), logLikelihoods, new Philox(0)),
                runs.stream().map(FinishedRun::manifest).toList());
    }

    /** The bound for the first designs of every seed. */
    private double[] logLikelihoods(SamplingJob job, List<List<DesignRow>> seedsOfDesigns)
            throws IOException {
        List<String> texts =
                seedsOfDesigns.stream()
                        .flatMap(rows -> rows.stream().limit(LIKELIHOOD_DESIGNS / seeds + 1))
                        .map(DesignRow::design)
                        .toList();
        try (SamplingRun run = new SamplingRun(job)) {
            return run.logLikelihoods(texts);
        }
    }
}
