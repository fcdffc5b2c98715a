package dev.tiller.cli;

import dev.tiller.cli.compare.Budget;
import dev.tiller.cli.compare.ComparedMethod;
import dev.tiller.cli.compare.Comparison;
import dev.tiller.cli.compare.ComparisonTable;
import dev.tiller.cli.run.AtomicFiles;
import dev.tiller.cli.run.EngineSettings;
import dev.tiller.cli.run.JobYaml;
import dev.tiller.cli.run.Method;
import dev.tiller.cli.run.RewardPlot;
import dev.tiller.cli.run.SamplingJob;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tiller compare}: methods at equal budgets. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Runs methods at equal budgets over several seeds; writes one table and one picture.",
            "Each method gets as many candidates, particles or rounds as the budget affords. Other"
                    + " options are those of 'tiller sample'; a method takes those it has."
        })
final class CompareCommand implements Callable<Integer> {
    /** Exit code of a comparison of which some runs failed. */
    private static final int PARTIAL = 3;

    @Spec private CommandSpec spec;

    @Option(
            names = "--methods",
            split = ",",
            required = true,
            paramLabel = "METHOD",
            description = "Methods, separated by commas.")
    private List<Method> methods;

    @ArgGroup(multiplicity = "1")
    private Limit limit;

    /** What is equal. */
    private static final class Limit {
        @Option(
                names = "--budget-denoiser-rows",
                paramLabel = "N",
                description =
                        "Rows through the denoiser for all designs of a seed; a gradient counts as"
                                + " three.")
        private Long denoiserRows;

        @Option(
                names = "--budget-reward-calls",
                paramLabel = "N",
                description = "Designs that the reward scores for all designs of a seed.")
        private Long rewardCalls;

        private Budget budget() {
            return denoiserRows != null
                    ? new Budget(Budget.Currency.DENOISER_ROWS, denoiserRows)
                    : new Budget(Budget.Currency.REWARD_CALLS, rewardCalls);
        }
    }

    @Option(names = "--seeds", defaultValue = "3", description = "Seeds per method (default: 3).")
    private int seeds;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "runs/compare",
            description = "Folder of runs, table and picture (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--quiet", description = "No progress.")
    private boolean quiet;

    @Mixin private JobFlags flags;

    @Override
    public Integer call() throws Exception {
        EngineSettings.configure(1);
        List<SamplingJob> jobs = jobs();
        PrintWriter err = spec.commandLine().getErr();
        Comparison comparison =
                new Comparison(
                        out,
                        limit.budget(),
                        seeds,
                        line -> {
                            if (!quiet) {
                                err.println(line);
                                err.flush();
                            }
                        });
        List<ComparedMethod> compared = comparison.run(jobs);
        String table = ComparisonTable.markdown(compared);
        AtomicFiles.write(out.resolve("comparison.md"), table);
        AtomicFiles.write(out.resolve("comparison.csv"), ComparisonTable.csv(compared));
        List<Path> finished = finishedRuns(compared);
        if (!finished.isEmpty()) {
            RewardPlot.draw(finished, out.resolve("comparison.png"));
        }
        PrintWriter print = spec.commandLine().getOut();
        print.print(table);
        print.println("wrote " + out.resolve("comparison.csv"));
        print.flush();
        boolean whole = compared.stream().allMatch(method -> method.failure() == null);
        return whole ? ExitCode.OK : PARTIAL;
    }

    /** Flags are a wish here, not an order: each method takes those it has. */
    private List<SamplingJob> jobs() throws Exception {
        SampleDefaults.Options given = flags.given();
        SampleDefaults.Options before =
                flags.job() == null
                        ? SampleDefaults.NONE
                        : JobYaml.read(flags.job(), SampleDefaults.Options.class);
        List<SamplingJob> jobs = new ArrayList<>();
        for (Method method : methods) {
            jobs.add(SampleDefaults.forMethod(method, given, before));
        }
        return jobs;
    }

    private List<Path> finishedRuns(List<ComparedMethod> compared) {
        List<Path> runs = new ArrayList<>();
        for (ComparedMethod method : compared) {
            for (int i = 0; i < seeds; i++) {
                SamplingJob job = method.job();
                Path run = out.resolve(job.method() + "-seed-" + (job.seed() + i));
                if (Files.exists(run.resolve("manifest.json"))) {
                    runs.add(run);
                }
            }
        }
        return runs;
    }
}
