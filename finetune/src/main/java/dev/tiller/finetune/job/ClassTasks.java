package dev.tiller.finetune.job;

import dev.tiller.finetune.data.LabelledTokens;
import dev.tiller.finetune.data.Split;
import dev.tiller.finetune.objective.ClassLabels;
import dev.tiller.finetune.objective.Classification;
import dev.tiller.finetune.objective.MaskedNelbo;
import dev.tiller.finetune.objective.Statistics;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Training on sequences with classes. */
final class ClassTasks {
    private static final double PUBLISHED_DROPOUT = 0.1;

    private ClassTasks() {}

    /** A reward: the log-odds of the classes of a job against all others. */
    static Task classification(TrainingJob job, SelectedRows selected) {
        Split split = selected.split(job);
        LabelledTokens all = selected.rows();
        Classification objective =
                new Classification(
                        all.select(split.training()),
                        all.select(split.validation()),
                        job.model().alphabet().length());
        LabelledTokens test = all.select(split.test());
        Task.Report report =
                (network, steps, manager) -> {
                    double[] logOdds = objective.predict(network, test, manager);
                    Map<String, Double> numbers = new LinkedHashMap<>();
                    numbers.put("test_log_loss", Classification.logLoss(logOdds, test.labels()));
                    numbers.put("test_auroc", Statistics.auroc(logOdds, test.labels()));
                    numbers.put("test_accuracy", Classification.accuracy(logOdds, test.labels()));
                    return numbers;
                };
        Map<String, Object> sizes = selected.sizes(split);
        sizes.put("share of class 1 in the test", share(test.labels()));
        return new Task(objective, all.tokens()[0].length, report, sizes);
    }

    private static double share(double[] labels) {
        return Math.round(1000 * Arrays.stream(labels).sum() / labels.length) / 1000.0;
    }

    /** A denoiser that is told classes, evaluated with and without them. */
    static Task denoiser(
            TrainingJob job,
            SelectedRows selected,
            Split split,
            MaskedNelbo objective,
            MaskedNelbo test) {
        MaskedNelbo told = test.withClasses(labels(job, selected, split, split.test()));
        MaskedNelbo notTold =
                test.withClasses(labels(job, selected, split, split.test()).withoutClasses());
        Task.Report report =
                (network, steps, manager) -> {
                    Map<String, Double> numbers = new LinkedHashMap<>();
                    numbers.put("test_nelbo", told.validate(network, manager).loss());
                    numbers.put(
                            "test_nelbo_without_class", notTold.validate(network, manager).loss());
                    return numbers;
                };
        Map<String, Object> sizes = selected.sizes(split);
        sizes.put("classes", String.join(", ", job.data().classes()));
        return new Task(
                objective.withClasses(labels(job, selected, split, split.validation())),
                selected.rows().tokens()[0].length,
                report,
                sizes);
    }

    private static ClassLabels labels(
            TrainingJob job, SelectedRows selected, Split split, int[] held) {
        return new ClassLabels(
                classes(selected, split.training()),
                classes(selected, held),
                job.data().classes().size(),
                JobRunner.or(job.data().classDropout(), PUBLISHED_DROPOUT));
    }

    private static long[] classes(SelectedRows selected, int[] rows) {
        return Arrays.stream(rows).mapToLong(row -> (long) selected.rows().labels()[row]).toArray();
    }
}
