package dev.tiller.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.ScoredGradient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A learned reward between the letters: its network reads any real numbers as one-hot rows. */
final class RelaxedReward implements DifferentiableReward {
    private final LearnedReward reward;
    private final ModelConfig config;
    private final LetterChannels channels;
    private final Network network;

    RelaxedReward(
            LearnedReward reward, ModelConfig config, LetterChannels channels, Network network) {
        this.reward = reward;
        this.config = config;
        this.channels = channels;
        this.network = network;
    }

    @Override
    public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
        if (designs.size() == 0) {
            return List.of();
        }
        if (config.length() > 0 && designs.length() != config.length()) {
            throw new IllegalArgumentException(
                    "relaxed designs for reward '"
                            + name()
                            + "' must have "
                            + config.length()
                            + " positions each, got "
                            + designs.length());
        }
        requireReadable(designs.alphabet());
        float[] rows = channels.relaxed(designs, 0, designs.size());
        try (NDManager manager = network.newManager()) {
            Shape shape = new Shape(designs.size(), designs.length(), channels.count());
            NDArray x = manager.create(rows, shape);
            NDList result =
                    network.gradients()
                            .differentiate(
                                    new NDList(x),
                                    new NDList(),
                                    (outputs, none) -> outputs.head().get(new NDIndex(":, 0")));
            float[] first = result.get(0).toFloatArray();
            float[] gradients = result.get(1).toFloatArray();
            List<ScoredGradient> scored = new ArrayList<>(designs.size());
            for (int row = 0; row < designs.size(); row++) {
                float[] gradient = channels.back(gradients, row, designs, config.target().std());
                scored.add(new ScoredGradient(reward.inUnitOfTarget(first[row]), gradient));
            }
            return scored;
        }
    }

    private void requireReadable(String alphabet) {
        for (char letter : alphabet.toCharArray()) {
            if (channels.channel(letter) < 0) {
                throw new IllegalArgumentException(
                        "letters of relaxed designs must be of "
                                + letters()
                                + " for reward '"
                                + name()
                                + "', got '"
                                + letter
                                + "'");
            }
        }
    }

    @Override
    public String name() {
        return reward.name();
    }

    @Override
    public String letters() {
        return reward.letters();
    }

    @Override
    public double[] score(Designs designs) {
        return reward.score(designs);
    }

    @Override
    public Optional<String> referee() {
        return reward.referee();
    }

    @Override
    public Optional<String> digest() {
        return reward.digest();
    }
}
