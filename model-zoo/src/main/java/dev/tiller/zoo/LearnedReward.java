package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.Reward;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A reward that a network predicts: its first output, in the unit of the target it was trained on.
 * Thymine and uracil are read as the same letter. Safe for concurrent calls.
 */
public final class LearnedReward implements Reward {
    private final String name;
    private final Optional<String> referee;
    private final ModelConfig config;
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
        this.config = ModelZoo.requireKind(model, ModelConfig.Kind.REWARD);
        this.network = model.network(backend, device);
        this.differentiable =
                network.hasGradients()
                        ? Optional.of(new RelaxedReward(this, config, network))
                        : Optional.empty();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String letters() {
        String alphabet = config.alphabet();
        boolean thymine = alphabet.indexOf('T') >= 0;
        boolean uracil = alphabet.indexOf('U') >= 0;
        return thymine == uracil ? alphabet : alphabet + (thymine ? 'U' : 'T');
    }

    @Override
    public double[] score(Designs designs) {
        if (designs.size() == 0) {
            return new double[0];
        }
        List<String> sequences = designs.sequences();
        requireLength(sequences);
        try (NDManager manager = network.newManager()) {
            List<String> own = sequences.stream().map(this::inAlphabet).toList();
            NDArray output = network.run(OneHot.encode(own, config.alphabet(), manager));
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

    String inAlphabet(String sequence) {
        return config.alphabet().indexOf('U') >= 0
                ? sequence.replace('T', 'U')
                : sequence.replace('U', 'T');
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
