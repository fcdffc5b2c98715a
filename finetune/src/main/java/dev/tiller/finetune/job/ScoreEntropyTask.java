package dev.tiller.finetune.job;

import dev.tiller.finetune.data.LabelledTokens;
import dev.tiller.finetune.data.Split;
import dev.tiller.finetune.objective.DenoisingScoreEntropy;
import dev.tiller.finetune.objective.MaskedDenoising;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.schedule.NoiseSchedule;
import java.util.Map;

/** A denoiser that is trained by the score entropy of SEDD. */
final class ScoreEntropyTask {
    private ScoreEntropyTask() {}

    static Task of(TrainingJob job, SelectedRows selected) {
        LabelledTokens all = selected.rows();
        Split split = selected.split(job);
        long[][] training = all.select(split.training()).tokens();
        MaskedDenoising objective =
                objective(job, training, all.select(split.validation()).tokens());
        MaskedDenoising test = objective(job, training, all.select(split.test()).tokens());
        Task.Report report =
                (network, steps, manager) ->
                        Map.of("test_score_entropy", test.validate(network, manager).loss());
        return new Task(objective, all.tokens()[0].length, report, selected.sizes(split));
    }

    private static MaskedDenoising objective(TrainingJob job, long[][] training, long[][] held) {
        NoiseSchedule schedule = job.model().schedule().create();
        return new MaskedDenoising(
                training,
                held,
                new DenoisingScoreEntropy(schedule),
                new MaskedDenoising.Options(
                        job.model().alphabet().length(), schedule, JobRunner.timeConditioning(job)),
                new Philox(job.seed()));
    }
}
