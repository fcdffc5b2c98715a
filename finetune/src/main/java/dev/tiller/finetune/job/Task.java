package dev.tiller.finetune.job;

import ai.djl.ndarray.NDManager;
import dev.tiller.finetune.data.LabelledTokens;
import dev.tiller.finetune.objective.Objective;
import dev.tiller.finetune.objective.Regression;
import dev.tiller.finetune.objective.Statistics;
import dev.tiller.zoo.GraphConfig;
import java.util.Map;

/**
 * What a job is trained and tested on.
 *
 * @param objective what is minimised
 * @param length letters of each example
 * @param report evaluates the finished network
 * @param data what the card says of the examples
 * @param graph what the graphs are; null for sequences
 * @param end frees what the objective needs while it is trained
 */
record Task(
        Objective objective,
        int length,
        Report report,
        Map<String, Object> data,
        GraphConfig graph,
        Runnable end)
        implements AutoCloseable {
    /** Evaluates the finished network on examples that training did not see. */
    @FunctionalInterface
    interface Report {
        Map<String, Double> of(Objective.Forward network, long steps, NDManager manager);
    }

    Task(Objective objective, int length, Report report, Map<String, Object> data) {
        this(objective, length, report, data, () -> {});
    }

    Task(Objective objective, int length, Report report, Map<String, Object> data, Runnable end) {
        this(objective, length, report, data, null, end);
    }

    /** The same with graphs, which have no length. */
    Task withGraph(GraphConfig graphs) {
        return new Task(objective, 0, report, data, graphs, end);
    }

    static double pearson(
            Regression objective,
            Objective.Forward network,
            LabelledTokens data,
            NDManager manager) {
        return Statistics.pearson(objective.predict(network, data, manager), data.labels());
    }

    @Override
    public void close() {
        end.run();
    }
}
