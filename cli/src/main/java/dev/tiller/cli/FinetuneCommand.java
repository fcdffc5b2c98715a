package dev.tiller.cli;

import dev.tiller.cli.train.BatchPlan;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tiller finetune}: fine-tunes denoisers by a reward. */
@Command(
        name = "finetune",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Fine-tunes models by a reward, as YAML jobs describe it; see recipes/.",
            "Jobs that train from examples are those of 'tiller train'."
        })
final class FinetuneCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private TrainingFlags flags;

    @Override
    public Integer call() throws Exception {
        return new TrainingCommandLine(spec, flags, BatchPlan.Trade.FINETUNE).run();
    }
}
