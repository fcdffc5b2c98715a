package dev.tiller.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.zoo.torchscript.TorchScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A TorchScript module as a reward with a gradient. Safe for concurrent calls. */
final class ScriptReward implements DifferentiableReward {
    private final ModuleReward reward;
    private final TorchScript module;
    private final double std;

    /**
     * Wraps a module, as {@link ModuleReward} does.
     *
     * @param name the name under which the reward is registered
     * @param options how to read the module
     * @param module the module; closed with this reward
     * @param digest the SHA-256 of the file
     */
    ScriptReward(String name, ModuleOptions options, TorchScript module, String digest) {
        this.reward = new ModuleReward(name, options, module, digest);
        this.module = module;
        this.std = options.std();
    }

    /** Runs calls of a fixed number of rows, so that no byte depends on the rows beside it. */
    @Override
    public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
        designs.alphabet().chars().forEach(letter -> requireReadable((char) letter));
        List<ScoredGradient> results = new ArrayList<>();
        if (designs.size() == 0) {
            return results;
        }
        reward.requireLength(designs.length(), 0);
        int rows = reward.network().rowsPerCall();
        for (int start = 0; start < designs.size(); start += rows) {
            int end = Math.min(designs.size(), start + rows);
            results.addAll(call(designs, start, end, rows));
        }
        return results;
    }

    private void requireReadable(char letter) {
        if (reward.channels().channel(letter) < 0) {
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

    private List<ScoredGradient> call(RelaxedDesigns designs, int start, int end, int rows) {
        try (NDManager manager = reward.network().newManager()) {
            float[] encoded = reward.channels().relaxed(designs, start, rows);
            NDArray input = manager.create(encoded, reward.shape(rows, designs.length()));
            double[] scores = new double[end - start];
            NDArray gradient =
                    module.gradient(
                            new NDList(input), 0, outputs -> sum(outputs, rows, scores, start));
            float[] values = gradient.toFloatArray();
            List<ScoredGradient> results = new ArrayList<>();
            for (int i = 0; i < scores.length; i++) {
                float[] own = reward.channels().back(values, i, designs, std);
                results.add(new ScoredGradient(scores[i], own));
            }
            return results;
        }
    }

    /** The sum over rows, each of which depends on its own input alone. */
    private NDArray sum(NDList outputs, int rows, double[] scores, int start) {
        NDArray selected = reward.output().select(outputs, rows);
        double[] numbers = selected.toType(DataType.FLOAT64, false).toDoubleArray();
        for (int i = 0; i < scores.length; i++) {
            scores[i] = reward.score(numbers[i], start + i);
        }
        return selected.sum().toType(DataType.FLOAT32, false);
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
    public Optional<String> digest() {
        return reward.digest();
    }

    @Override
    public void close() {
        reward.close();
    }
}
