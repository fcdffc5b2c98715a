package dev.tiller.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.finetune.objective.Objective;
import dev.tiller.finetune.optimizer.AdamW;
import dev.tiller.finetune.optimizer.ExponentialMovingAverage;
import dev.tiller.sampler.numerics.Tensors;
import dev.tiller.zoo.architecture.NamedBlock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
            double gradientNorm,
            double validationLoss,
            double bestLoss,
            long bestStep,
            int validationsWithoutGain,
            List<String> metrics) {}

    private final NamedBlock network;
    private final AdamW optimizer;
    private final ExponentialMovingAverage average;
    private final NDManager bestManager;
    private final Map<String, NDArray> bestAverage = new LinkedHashMap<>();
    private final Map<String, NDArray> bestRaw = new LinkedHashMap<>();
    private final List<String> metrics = new ArrayList<>();
    private long step;
    private double lossSum;
    private long lossCount;
    private double gradientNorm;
    private double lastLoss = Double.NaN;
    private double validationLoss = Double.NaN;
    private double bestLoss = Double.POSITIVE_INFINITY;
    private long bestStep;
    private int validationsWithoutGain;

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

    boolean finished(TrainingOptions options) {
        return validationsWithoutGain >= options.patience();
    }

    void stepDone(double loss, double norm) {
        step++;
        lossSum += loss;
        lastLoss = loss;
        lossCount++;
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
        if (validation.loss() < bestLoss) {
            bestLoss = validation.loss();
            bestStep = step;
            validationsWithoutGain = 0;
            averagedWeights()
                    .forEach((name, array) -> Tensors.assign(array, bestAverage.get(name)));
            network.weights().forEach((name, array) -> Tensors.assign(array, bestRaw.get(name)));
        }
        StringBuilder line = new StringBuilder();
        line.append(step).append(',').append(lossCount == 0 ? Double.NaN : lossSum / lossCount);
        line.append(',').append(gradientNorm);
        line.append(',').append(options.learningRate().at(Math.max(0, step - 1)));
        Map<String, Double> sorted = new TreeMap<>(validation.metrics());
        if (metrics.isEmpty()) {
            metrics.add(
                    "step,loss,gradient_norm,learning_rate,"
                            + String.join(
                                    ",",
                                    sorted.keySet().stream().map(k -> "validation_" + k).toList()));
        }
        sorted.values().forEach(value -> line.append(',').append(value));
        metrics.add(line.toString());
        lossSum = 0;
        lossCount = 0;
    }

    TrainingListener.Progress progress() {
        return new TrainingListener.Progress(
                step, lastLoss, gradientNorm, validationLoss, bestLoss);
    }

    List<String> metrics() {
        return List.copyOf(metrics);
    }

    TrainedWeights best() {
        return new TrainedWeights(bestAverage, bestRaw, bestStep, step, bestLoss);
    }

    Counters counters() {
        return new Counters(
                step,
                optimizer.steps(),
                lossSum,
                lossCount,
                gradientNorm,
                validationLoss,
                bestLoss,
                bestStep,
                validationsWithoutGain,
                metrics());
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

    void restore(Counters saved, Map<String, NDArray> arrays) {
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
        metrics.clear();
        metrics.addAll(saved.metrics());
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
