package dev.tiller.cli.train;

import dev.tiller.finetune.job.DenoiserRows;
import dev.tiller.finetune.job.JobDefaults;
import dev.tiller.finetune.job.JobFile;
import dev.tiller.finetune.job.JobFolder;
import dev.tiller.finetune.job.JobPlan;
import dev.tiller.finetune.job.TrainingJob;
import java.io.IOException;
import java.nio.file.Files;

/** A job with all its defaults, as YAML, and in comments what it will take. */
final class DryRun {
    private DryRun() {}

    static String of(PlannedJob planned, Existing existing) throws IOException {
        TrainingJob filled = JobDefaults.fill(planned.job(), planned.folder());
        JobPlan plan = JobPlan.of(planned.job());
        DenoiserRows rows = plan.evaluations();
        String memory = "# memory: about " + plan.mebibytes() + " MiB";
        if (plan.length().isEmpty()) {
            memory += " and what the network keeps of a batch, as the data tell its length";
        }
        return "# folder: "
                + folder(planned, existing)
                + "\n# parameters: "
                + plan.parameters()
                + ", of which "
                + plan.trained()
                + " are trained"
                + (planned.job().model().lora() == null ? "" : ", in adapters")
                + "\n# steps: at most "
                + plan.steps()
                + ", with "
                + plan.validations()
                + " validations\n# denoiser rows: at most "
                + rows.forward()
                + " forward, "
                + rows.backward()
                + " with gradient, "
                + rows.pretrained()
                + " of the pretrained model\n"
                + memory
                + "\n"
                + JobFile.write(filled);
    }

    private static String folder(PlannedJob planned, Existing existing) throws IOException {
        try {
            JobFolder.check(
                    planned.folder(), planned.job(), existing.resume(), existing.overwrite());
        } catch (IllegalArgumentException e) {
            return "refused: " + e.getMessage();
        }
        if (!Files.exists(planned.folder())) {
            return planned.folder() + " (new)";
        }
        return planned.folder() + (existing.overwrite() ? " (overwritten)" : " (resumed)");
    }
}
