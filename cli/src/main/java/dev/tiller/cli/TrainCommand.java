package dev.tiller.cli;

import dev.tiller.cli.train.BatchPlan;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tiller train}: trains a denoiser, a reward, a referee or a value network. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains models as YAML jobs describe them; see recipes/.",
            "Jobs that fine-tune a model by a reward are those of 'tiller finetune'."
        })
final class TrainCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private TrainingFlags flags;

    @Override
    public Integer call() throws Exception {
        return new TrainingCommandLine(spec, flags, BatchPlan.Trade.TRAIN).run();
    }
}
