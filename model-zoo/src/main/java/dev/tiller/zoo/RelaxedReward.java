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
    private final Network network;

    RelaxedReward(LearnedReward reward, ModelConfig config, Network network) {
        this.reward = reward;
        this.config = config;
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
        int[] columns = columns(designs.alphabet());
        int letters = config.alphabet().length();
        int width = designs.length() * letters;
        float[] rows = new float[designs.size() * width];
        for (int row = 0; row < designs.size(); row++) {
            float[] given = designs.rows().get(row);
            for (int i = 0; i < given.length; i++) {
                int position = i / columns.length;
                int at = row * width + position * letters + columns[i % columns.length];
                rows[at] += given[i];
            }
        }
        try (NDManager manager = network.newManager()) {
            NDArray x = manager.create(rows, new Shape(designs.size(), designs.length(), letters));
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
                float[] gradient = new float[designs.length() * columns.length];
                for (int i = 0; i < gradient.length; i++) {
                    int position = i / columns.length;
                    int at = row * width + position * letters + columns[i % columns.length];
                    gradient[i] = (float) (config.target().std() * gradients[at]);
                }
                scored.add(new ScoredGradient(reward.inUnitOfTarget(first[row]), gradient));
            }
            return scored;
        }
    }

    /** Returns the network's column of each letter of another alphabet. */
    private int[] columns(String alphabet) {
        int[] columns = new int[alphabet.length()];
        for (int k = 0; k < columns.length; k++) {
            String letter = alphabet.substring(k, k + 1);
            columns[k] = config.alphabet().indexOf(reward.inAlphabet(letter));
            if (columns[k] < 0) {
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
        return columns;
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
