package dev.tiller.finetune.job;

import dev.tiller.finetune.data.CleanArrays;
import dev.tiller.finetune.data.MoleculeTable.Molecules;
import dev.tiller.finetune.data.Split;
import dev.tiller.finetune.objective.ScoreMatching;
import dev.tiller.sampler.Philox;
import dev.tiller.zoo.GraphConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** A model of molecules as graphs that is trained by score matching. */
final class ScoreMatchingTask {
    private ScoreMatchingTask() {}

    static Task of(TrainingJob job, Molecules molecules) {
        CleanArrays all = molecules.arrays();
        Split split =
                Split.of(
                        all.size(),
                        JobRunner.or(job.data().validation(), 0.1),
                        JobRunner.or(job.data().test(), 0.1),
                        new Philox(job.seed()));
        Map<String, Object> data = data(molecules, split);
        int held = Math.min(split.validation().length, split.test().length);
        if (Math.min(split.training().length, held) == 0) {
            throw new IllegalArgumentException(
                    "data.validation and data.test must leave examples for each part, got "
                            + data
                            + "; give more molecules or other shares");
        }
        CleanArrays training = all.select(split.training());
        GraphConfig graph =
                new ScoreMatchingSettings(job).graph(training.sizes(job.model().graph().nodes()));
        ScoreMatching test = objective(job, graph, training, all.select(split.test()));
        Task.Report report =
                (network, steps, manager) -> {
                    Map<String, Double> numbers = new TreeMap<>();
                    test.validate(network, manager)
                            .metrics()
                            .forEach((name, value) -> numbers.put("test_" + name, value));
                    return numbers;
                };
        ScoreMatching objective = objective(job, graph, training, all.select(split.validation()));
        return new Task(objective, 0, report, data).withGraph(graph);
    }

    private static ScoreMatching objective(
            TrainingJob job, GraphConfig graph, CleanArrays training, CleanArrays held) {
        return new ScoreMatching(
                training,
                held,
                graph.components(),
                new ScoreMatchingSettings(job).options(),
                new Philox(job.seed()));
    }

    private static Map<String, Object> data(Molecules molecules, Split split) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("training molecules", split.training().length);
        data.put("validation molecules", split.validation().length);
        data.put("test molecules", split.test().length);
        data.put("molecules of the file", molecules.read());
        molecules.dropped().forEach((why, count) -> data.put("dropped, " + why, count));
        return data;
    }
}
