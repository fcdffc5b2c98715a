package dev.tiller.cli.parity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv1d;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.sampler.ValueNetwork;
import dev.tiller.zoo.OneHot;
import dev.tiller.zoo.weights.WeightFile;

/** The stand-in reward and value networks of the SVDD cases; their formulas are in case.json. */
final class TinyNetworks {
    private TinyNetworks() {}

    private static NDArray conv(WeightFile weights, String name, NDArray x) {
        NDArray kernel = weights.tensors().get(name + ".weight");
        long padding = (kernel.getShape().get(2) - 1) / 2;
        return Conv1d.conv1d(
                        x,
                        kernel,
                        weights.tensors().get(name + ".bias"),
                        new Shape(1),
                        new Shape(padding),
                        new Shape(1),
                        1)
                .singletonOrThrow();
    }

    /** Reward of one-hot rows [B, L, 4]: task 0. */
    private static NDArray reward(WeightFile weights, NDArray oneHot) {
        NDArray hidden = conv(weights, "conv1", oneHot.transpose(0, 2, 1)).tanh();
        NDArray pooled = conv(weights, "conv2", hidden).tanh().mean(new int[] {2});
        NDArray out =
                pooled.matMul(weights.tensors().get("out.weight").transpose())
                        .add(weights.tensors().get("out.bias"));
        return out.get(":, 0");
    }

    /** The reward as a black box. */
    static Reward reward(WeightFile weights, NDManager manager) {
        return new Reward() {
            @Override
            public String name() {
                return "tiny";
            }

            @Override
            public String letters() {
                return "ACGT";
            }

            @Override
            public double[] score(Designs designs) {
                try (NDManager scope = manager.newSubManager()) {
                    NDArray tokens = OneHot.tokens(designs.sequences(), "ACGT", scope);
                    NDArray scores = reward(weights, OneHot.encode(tokens, 4));
                    float[] values = scores.toFloatArray();
                    double[] doubles = new double[values.length];
                    for (int i = 0; i < doubles.length; i++) {
                        doubles[i] = values[i];
                    }
                    return doubles;
                }
            }
        };
    }

    /** The reward of the masked one-hot itself, as the published code computes it by default. */
    static ValueNetwork maskedReward(WeightFile weights) {
        return xt -> reward(weights, OneHot.encode(xt, 4));
    }

    /** The value network of SVDD-MC. */
    static ValueNetwork value(WeightFile weights) {
        return xt -> {
            NDArray oneHot = OneHot.encode(xt, 4).transpose(0, 2, 1);
            NDArray hidden = conv(weights, "embedding.conv1", oneHot).tanh();
            NDArray out = conv(weights, "head.out", hidden);
            return new NDList(out).head().mean(new int[] {2}).squeeze(1);
        };
    }
}
