package dev.tiller.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.finetune.log.MetricsRow;
import dev.tiller.finetune.objective.Objective;
import dev.tiller.finetune.optimizer.AdamW;
import dev.tiller.finetune.optimizer.ExponentialMovingAverage;
import dev.tiller.sampler.numerics.Tensors;
import dev.tiller.zoo.architecture.NamedBlock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Everything that changes while a network is trained; what a checkpoint holds. */
final class TrainingState {
    /** The numbers of the state. */
    record Counters(
            long step,
            long optimizerSteps,
            double lossSum,
            long lossCount,
            Map<String, Double> metricSums,
            double gradientNorm,
            double validationLoss,
            double bestLoss,
            long bestStep,
            int validationsWithoutGain,
            String stop,
            List<MetricsRow> rows) {}

    private final NamedBlock network;
    private final AdamW optimizer;
    private final ExponentialMovingAverage average;
    private final NDManager bestManager;
    private final Map<String, NDArray> bestAverage = new LinkedHashMap<>();
    private final Map<String, NDArray> bestRaw = new LinkedHashMap<>();
    private final List<MetricsRow> rows = new ArrayList<>();
    private final Map<String, Double> metricSums = new TreeMap<>();
    private long step;
    private double lossSum;
    private long lossCount;
    private Map<String, Double> lastMetrics = Map.of();
    private double gradientNorm;
    private double lastLoss = Double.NaN;
    private double validationLoss = Double.NaN;
    private double bestLoss = Double.POSITIVE_INFINITY;
    private long bestStep;
    private int validationsWithoutGain;
    private String stop;

    TrainingState(
            NamedBlock network,
            AdamW optimizer,
            ExponentialMovingAverage average,
            NDManager manager) {
        this.network = network;
        this.optimizer = optimizer;
        this.average = average;
        this.bestManager = manager;
        network.weights()
                .forEach(
                        (name, array) -> {
                            bestAverage.put(name, bestManager.zeros(array.getShape()));
                            bestRaw.put(name, bestManager.zeros(array.getShape()));
                        });
    }

    long step() {
        return step;
    }

    /** Why training must not go on, or null. */
    String ended(TrainingOptions options) {
        if (stop != null) {
            return stop;
        }
        if (validationsWithoutGain >= options.patience()) {
            return "no better validation in " + validationsWithoutGain + " (training.patience)";
        }
        if (step >= options.maxSteps()) {
            return "all " + step + " steps are made (training.max_steps)";
        }
        return null;
    }

    void stepDone(Objective.Evaluated batches, double norm) {
        step++;
        lossSum += batches.loss();
        lastLoss = batches.loss();
        lossCount++;
        lastMetrics = batches.metrics();
        lastMetrics.forEach((name, value) -> metricSums.merge(name, value, Double::sum));
        gradientNorm = norm;
    }

    /** The averaged weights, with the buffers that have no average as they are. */
    Map<String, NDArray> averagedWeights() {
        Map<String, NDArray> weights = new LinkedHashMap<>(network.weights());
        weights.putAll(average.shadow());
        return weights;
    }

    void validated(Objective.Validation validation, TrainingOptions options) {
        if (!Double.isFinite(validation.loss())) {
            throw new IllegalStateException(
                    "the validation loss must be finite, got "
                            + validation.loss()
                            + " at step "
                            + step
                            + "; lower the learning rate, or look at the validation examples");
        }
        validationLoss = validation.loss();
        validationsWithoutGain++;
        stop = validation.stop();
        // what must not go on must not be the result either, if there is another
        if (validation.loss() < bestLoss && (stop == null || rows.isEmpty())) {
            bestLoss = validation.loss();
            bestStep = step;
            validationsWithoutGain = 0;
            averagedWeights()
                    .forEach((name, array) -> Tensors.assign(array, bestAverage.get(name)));
            network.weights().forEach((name, array) -> Tensors.assign(array, bestRaw.get(name)));
        }
        Map<String, Double> means = new TreeMap<>();
        metricSums.forEach((name, sum) -> means.put(name, sum / lossCount));
        rows.add(
                MetricsRow.of(
                        step,
                        lossCount == 0 ? Double.NaN : lossSum / lossCount,
                        gradientNorm,
                        options.learningRate().at(Math.max(0, step - 1)),
                        means,
                        validation.metrics()));
        lossSum = 0;
        lossCount = 0;
        metricSums.clear();
    }

    TrainingListener.Progress progress() {
        return new TrainingListener.Progress(
                step,
                lastLoss,
                gradientNorm,
                validationLoss,
                bestLoss,
                lastMetrics,
                lastRow().validation());
    }

    /** One row for each validation. */
    List<MetricsRow> rows() {
        return List.copyOf(rows);
    }

    MetricsRow lastRow() {
        return rows.get(rows.size() - 1);
    }

    /** The best weights so far. */
    TrainedWeights best() {
        Map<String, Double> validation =
                rows.stream()
                        .filter(row -> row.step() == bestStep)
                        .findFirst()
                        .orElseThrow()
                        .validation();
        return new TrainedWeights(bestAverage, bestRaw, bestStep, step, bestLoss, validation, stop);
    }

    Counters counters() {
        return new Counters(
                step,
                optimizer.steps(),
                lossSum,
                lossCount,
                new TreeMap<>(metricSums),
                gradientNorm,
                validationLoss,
                bestLoss,
                bestStep,
                validationsWithoutGain,
                stop,
                rows());
    }

    /** All arrays of the state, by unique names. */
    Map<String, NDArray> arrays() {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        network.weights().forEach((name, array) -> arrays.put("weights." + name, array));
        average.shadow().forEach((name, array) -> arrays.put("average." + name, array));
        optimizer.state().forEach((name, array) -> arrays.put("optimizer." + name, array));
        bestAverage.forEach((name, array) -> arrays.put("best_average." + name, array));
        bestRaw.forEach((name, array) -> arrays.put("best_raw." + name, array));
        return arrays;
    }

    /**
     * Sets everything to what a checkpoint holds.
     *
     * @throws IllegalArgumentException if its arrays are not those of this network, by name or
     *     shape; nothing is changed then
     */
    void restore(Counters saved, Map<String, NDArray> arrays) {
        requireSame(arrays);
        network.weights()
                .forEach((name, array) -> Tensors.assign(arrays.get("weights." + name), array));
        average.restore(part(arrays, "average."), saved.step());
        optimizer.restore(part(arrays, "optimizer."), saved.optimizerSteps());
        bestAverage.forEach(
                (name, array) -> Tensors.assign(arrays.get("best_average." + name), array));
        bestRaw.forEach((name, array) -> Tensors.assign(arrays.get("best_raw." + name), array));
        step = saved.step();
        lossSum = saved.lossSum();
        lossCount = saved.lossCount();
        gradientNorm = saved.gradientNorm();
        validationLoss = saved.validationLoss();
        bestLoss = saved.bestLoss();
        bestStep = saved.bestStep();
        validationsWithoutGain = saved.validationsWithoutGain();
        stop = saved.stop();
        metricSums.clear();
        metricSums.putAll(saved.metricSums());
        rows.clear();
        rows.addAll(saved.rows());
    }

    private void requireSame(Map<String, NDArray> saved) {
        Map<String, NDArray> own = arrays();
        for (Map.Entry<String, NDArray> entry : own.entrySet()) {
            NDArray there = saved.get(entry.getKey());
            if (there == null) {
                throw new IllegalArgumentException("it has no " + entry.getKey());
            }
            if (!there.getShape().equals(entry.getValue().getShape())) {
                throw new IllegalArgumentException(
                        String.format(
                                Locale.ROOT,
                                "its %s has the shape %s, that of this job %s",
                                entry.getKey(),
                                there.getShape(),
                                entry.getValue().getShape()));
            }
        }
        for (String name : saved.keySet()) {
            if (!own.containsKey(name)) {
                throw new IllegalArgumentException("its " + name + " is none of this job");
            }
        }
    }

    private static Map<String, NDArray> part(Map<String, NDArray> arrays, String prefix) {
        Map<String, NDArray> part = new LinkedHashMap<>();
        arrays.forEach(
                (name, array) -> {
                    if (name.startsWith(prefix)) {
                        part.put(name.substring(prefix.length()), array);
                    }
                });
        return part;
    }
}
