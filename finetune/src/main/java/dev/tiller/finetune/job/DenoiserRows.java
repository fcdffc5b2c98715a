package dev.tiller.finetune.job;

/**
 * Rows through a denoiser, at most: rows that are equal are evaluated once, and training may stop
 * early.
 *
 * @param forward rows that are evaluated to make examples, trajectories and validations
 * @param backward rows through which the gradient goes
 * @param pretrained rows of the frozen model of a KL term
 */
public record DenoiserRows(long forward, long backward, long pretrained) {
    static DenoiserRows of(TrainingJob job, long validations) {
        TrainingJob.Training training = job.training();
        long batches = (long) training.maxSteps() * training.accumulate() * training.batchSize();
        return switch (job.objective()) {
            case MASKED_NELBO, SCORE_ENTROPY, SCORE_MATCHING, INVERSE_FOLDING ->
                    new DenoiserRows(0, batches, 0);
            case REGRESSION, CLASSIFICATION, STABILITY -> new DenoiserRows(0, 0, 0);
            case DISTILLATION -> new DenoiserRows(generated(job.data()), 0, 0);
            case SOFT_VALUE -> new DenoiserRows(rollOuts(job), 0, 0);
            case REWARD_BACKPROPAGATION -> backpropagated(job, batches, validations);
        };
    }

    /** A guided design asks for its own row and one for each candidate, in each step. */
    private static long generated(TrainingJob.Data data) {
        long guided = data.guidedSequences();
        if (data.generatedSequences() + guided == 0) {
            return 0;
        }
        long perGuided = guided == 0 ? 0 : (1L + data.candidates()) * data.steps();
        return (long) data.generatedSequences() * data.steps() + guided * perGuided;
    }

    private static long rollOuts(TrainingJob job) {
        TrainingJob.Data data = job.data();
        long made;
        int first;
        if (data.buffer() == null) {
            first = data.rollOuts();
            made = first;
        } else {
            first = data.buffer().trajectories();
            made = SoftValueTask.buffer(job).made(job.training().maxSteps());
        }
        long held = Math.max(1, (int) (first * data.validation()));
        return (made + 2 * held) * (data.steps() + 1);
    }

    /** Walks forward without a graph, then back one step at a time. */
    private static DenoiserRows backpropagated(TrainingJob job, long batches, long validations) {
        TrainingJob.Backpropagation how = job.backpropagation();
        long designs = job.stop() == null ? 128 : job.stop().designs();
        long validated = validations * designs * how.steps();
        boolean differentiated = "differentiated".equals(how.klSteps());
        boolean compared = !"none".equals(how.kl());
        long perDesign = differentiated ? how.truncation() : how.steps();
        return new DenoiserRows(
                batches * how.steps() + validated,
                batches * (compared ? perDesign : how.truncation()),
                compared ? batches * perDesign + validated : 0);
    }
}
