package dev.tiller.finetune.backpropagation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import dev.tiller.finetune.Trainer;
import dev.tiller.finetune.backpropagation.BackpropagationOptions.Graph;
import dev.tiller.finetune.backpropagation.BackpropagationOptions.KlSteps;
import dev.tiller.finetune.objective.Objective;
import dev.tiller.rewards.Reward;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.zoo.architecture.DnaConv;
import dev.tiller.zoo.architecture.NamedBlock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** A small convolutional denoiser of DNA and another one that it is held against. */
final class Toy {
    static final int LENGTH = 12;
    static final int STEPS = 6;
    static final int ROWS = 5;

    private final NamedBlock network;
    private final Objective.Forward old;
    private final SequenceModel model;
    private final Objective.Forward forward;

    /** With {@code classes} above 0 the network is told the time and asked for class 1. */
    Toy(int classes, NDManager manager) {
        DnaConv.Config config = new DnaConv.Config(16, 1, 4, classes, false, 0);
        network = new DnaConv(config);
        network.initialize(new Philox(1), manager);
        network.freezeParameters(false);
        ParameterStore store = new ParameterStore(manager, false);
        forward = (inputs, step) -> network.forward(store, inputs, true).head();
        NamedBlock frozen = new DnaConv(config);
        frozen.initialize(new Philox(2), manager);
        frozen.freezeParameters(true);
        old = Trainer.evaluation(frozen, manager);
        OptionalInt label = classes > 0 ? OptionalInt.of(1) : OptionalInt.empty();
        model = new SequenceModel(new LogLinear(1e-3), "ACGT", LENGTH, classes > 0, label);
    }

    SequenceModel model() {
        return model;
    }

    Objective.Forward forward() {
        return forward;
    }

    FrozenModel pretrained() {
        return new FrozenModel(new TrainedDenoiser(model, old, -1), old);
    }

    static BackpropagationOptions options(Divergence kl, Graph graph, OptionalDouble copy) {
        return new BackpropagationOptions(
                STEPS,
                1,
                BackpropagationOptions.PUBLISHED_END,
                4,
                Annealing.constant(0.8),
                copy,
                0,
                kl,
                new RisingWeight(0.1, 0),
                KlSteps.ALL,
                1,
                graph);
    }

    RewardBackpropagation objective(Reward reward, BackpropagationOptions options) {
        return objective(reward, options, ValidationOptions.of(8));
    }

    RewardBackpropagation objective(
            Reward reward, BackpropagationOptions options, ValidationOptions validation) {
        return new RewardBackpropagation(
                model, pretrained(), reward, options, validation, ROWS, new Philox(4));
    }

    /** Returns the gradients that have added up, and empties them. */
    Map<String, float[]> takeGradients() {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        Map<String, NDArray> weights = network.weights();
        for (String name : network.trainable()) {
            try (NDArray gradient = weights.get(name).getGradient()) {
                gradients.put(name, gradient.toFloatArray());
                gradient.subi(gradient);
            }
        }
        return gradients;
    }

    /** Overwrites the weights of the last layer. */
    void breakWeights(float value) {
        try (NDArray bias = network.weights().get("final_conv.2.bias").stopGradient()) {
            bias.subi(bias).addi(value);
        }
    }
}
