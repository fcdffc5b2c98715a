package dev.tiller.cli;

import dev.tiller.cli.run.RewardPlot;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiller plot}: draws the reward distributions of runs. */
@Command(
        name = "plot",
        mixinStandardHelpOptions = true,
        description = "Draws the rewards of finished runs side by side, each with its referee.")
final class PlotCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "RUN", arity = "1..*", description = "Folders of finished runs.")
    private List<Path> runs;

    @Option(
            names = "--out",
            paramLabel = "FILE.png",
            defaultValue = "rewards.png",
            description = "The picture (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Override
    public Integer call() throws Exception {
        RewardPlot.draw(runs, out);
        spec.commandLine().getOut().println("wrote " + out);
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}
