package dev.tiller.cli.parity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.sampler.DifferentiableValueNetwork;
import dev.tiller.sampler.ValueNetwork;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.zoo.OneHot;
import dev.tiller.zoo.weights.WeightFile;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** The stand-in reward and value networks of the SVDD cases; their formulas are in case.json. */
final class TinyNetworks {
    private TinyNetworks() {}

    /** [B, L, C] to [B, L, C'], by products of matrices: a sum over the offsets of the kernel. */
    private static NDArray conv(WeightFile weights, String name, NDArray x) {
        NDArray kernel = weights.tensors().get(name + ".weight");
        long width = kernel.getShape().get(2);
        long around = (width - 1) / 2;
        long length = x.getShape().get(1);
        NDArray padded = x.pad(new Shape(0, 0, around, around), 0);
        NDArray sum = null;
        for (long offset = 0; offset < width; offset++) {
            NDArray part =
                    padded.get(new NDIndex(":, {}:{}", offset, offset + length))
                            .matMul(kernel.get(":, :, " + offset).transpose());
            sum = sum == null ? part : sum.add(part);
        }
        return sum.add(weights.tensors().get(name + ".bias"));
    }

    /** Reward of one-hot rows [B, L, 4]: task 0. */
    private static NDArray reward(WeightFile weights, NDArray oneHot) {
        NDArray hidden = conv(weights, "conv1", oneHot).tanh();
        NDArray pooled = conv(weights, "conv2", hidden).tanh().mean(new int[] {1});
        NDArray out =
                pooled.matMul(weights.tensors().get("out.weight").transpose())
                        .add(weights.tensors().get("out.bias"));
        return out.get(":, 0");
    }

    /** Value of one-hot rows [B, L, 4]. */
    private static NDArray value(WeightFile weights, NDArray oneHot) {
        NDArray hidden = conv(weights, "embedding.conv1", oneHot).tanh();
        return conv(weights, "head.out", hidden).mean(new int[] {1}).squeeze(1);
    }

    /** Numbers of rows, and the gradient of their sum by the rows. */
    private static NDList gradient(NDArray rows, UnaryOperator<NDArray> function) {
        NDArray leaf = rows.duplicate();
        leaf.setRequiresGradient(true);
        NDArray[] values = new NDArray[1];
        Gradients.backward(
                rows.getManager(),
                () -> {
                    values[0] = function.apply(leaf);
                    return values[0].sum();
                });
        return new NDList(values[0].stopGradient(), leaf.getGradient());
    }

    /** The reward as a black box with a gradient. */
    static DifferentiableReward reward(WeightFile weights, NDManager manager) {
        return new DifferentiableReward() {
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

            @Override
            public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
                try (NDManager scope = manager.newSubManager()) {
                    int width = designs.length() * 4;
                    FloatBuffer all = FloatBuffer.allocate(designs.size() * width);
                    designs.rows().forEach(all::put);
                    Shape shape = new Shape(designs.size(), designs.length(), 4);
                    NDArray x = scope.create(all.array(), shape);
                    NDList result = gradient(x, rows -> reward(weights, rows));
                    float[] scores = result.get(0).toFloatArray();
                    float[] gradients = result.get(1).toFloatArray();
                    return IntStream.range(0, scores.length)
                            .mapToObj(
                                    row ->
                                            new ScoredGradient(
                                                    scores[row],
                                                    Arrays.copyOfRange(
                                                            gradients,
                                                            row * width,
                                                            (row + 1) * width)))
                            .toList();
                }
            }
        };
    }

    /** The reward of the masked one-hot itself, as the published code computes it by default. */
    static ValueNetwork maskedReward(WeightFile weights) {
        return xt -> reward(weights, OneHot.encode(xt, 4));
    }

    /** The value network of SVDD-MC, with its gradient. */
    static DifferentiableValueNetwork value(WeightFile weights) {
        return new DifferentiableValueNetwork() {
            @Override
            public NDArray values(NDArray xt) {
                return value(weights, OneHot.encode(xt, 4));
            }

            @Override
            public NDArray gradients(NDArray relaxed) {
                NDArray letters = relaxed.get("..., :4");
                NDArray gradient = gradient(letters, rows -> value(weights, rows)).get(1);
                return gradient.concat(relaxed.get("..., 4:").zerosLike(), 2);
            }

            @Override
            public int cleanTokens() {
                return 4;
            }
        };
    }
}
