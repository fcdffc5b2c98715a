package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.Reward;
import dev.tiller.zoo.ModuleOptions.Layout;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A reward that a network predicts: its first output, in the unit of the target it was trained on.
 * Thymine and uracil are read as the same letter if the network knows but one of them. Safe for
 * concurrent calls.
 */
public final class LearnedReward implements Reward {
    private final String name;
    private final Optional<String> referee;
    private final ModelConfig config;
    private final LetterChannels channels;
    private final Network network;
    private final Optional<DifferentiableReward> differentiable;

    /**
     * Loads the network.
     *
     * @param name the name under which the reward is registered
     * @param referee the registered name of the reward that checks it, or empty
     * @param model a model of kind reward
     * @param backend the engine to run on
     * @param device the device to run on
     * @throws IllegalArgumentException if the model is of another kind or does not load
     */
    public LearnedReward(
            String name,
            Optional<String> referee,
            ModelDirectory model,
            Backend backend,
            Device device) {
        this.name = Objects.requireNonNull(name);
        this.referee = Objects.requireNonNull(referee);
        this.config = ModelZoo.requireLetters(model, ModelConfig.Kind.REWARD);
        this.channels = new LetterChannels(config.alphabet(), Layout.CHANNELS_LAST);
        this.network = model.network(backend, device);
        this.differentiable =
                network.hasGradients()
                        ? Optional.of(new RelaxedReward(this, config, channels, network))
                        : Optional.empty();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String letters() {
        return channels.readable();
    }

    @Override
    public double[] score(Designs designs) {
        if (designs.size() == 0) {
            return new double[0];
        }
        List<String> sequences = designs.sequences();
        designs.requireReadableBy(this);
        requireLength(sequences);
        try (NDManager manager = network.newManager()) {
            Shape shape = new Shape(sequences.size(), sequences.get(0).length(), channels.count());
            NDArray output = network.run(manager.create(channels.hot(sequences), shape));
            float[] values = output.toFloatArray();
            int outputs = values.length / sequences.size();
            double[] scores = new double[sequences.size()];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = inUnitOfTarget(values[i * outputs]);
                if (!Double.isFinite(scores[i])) {
                    throw new IllegalStateException(
                            "score of design " + i + " must be finite, got " + scores[i]);
                }
            }
            return scores;
        }
    }

    private void requireLength(List<String> sequences) {
        int length = config.length() > 0 ? config.length() : sequences.get(0).length();
        for (int i = 0; i < sequences.size(); i++) {
            if (sequences.get(i).length() != length) {
                throw new IllegalArgumentException(
                        "designs for reward '"
                                + name
                                + "' must have "
                                + length
                                + " letters each, got "
                                + sequences.get(i).length()
                                + " in design "
                                + i);
            }
        }
    }

    double inUnitOfTarget(float output) {
        return config.target().mean() + config.target().std() * output;
    }

    @Override
    public Optional<String> referee() {
        return referee;
    }

    /** Empty for an ONNX graph of another program. */
    @Override
    public Optional<DifferentiableReward> differentiable() {
        return differentiable;
    }

    @Override
    public Optional<String> digest() {
        return Optional.of(network.digest());
    }

    @Override
    public void close() {
        network.close();
    }
}
