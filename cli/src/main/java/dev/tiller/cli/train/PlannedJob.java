package dev.tiller.cli.train;

import dev.tiller.finetune.job.TrainingJob;
import java.nio.file.Path;

/**
 * A job and where it runs.
 *
 * @param job the checked job
 * @param folder the folder of its run
 */
public record PlannedJob(TrainingJob job, Path folder) {}
