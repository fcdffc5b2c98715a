package dev.tiller.finetune.backpropagation;

import ai.djl.ndarray.NDArray;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.ScoredGradient;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The reward of the parity cases, in float64: two convolutions with tanh, the mean over positions,
 * a linear layer whose first output counts.
 */
final class TinyReward implements DifferentiableReward {
    private final Conv first;
    private final Conv second;
    private final float[] weights;
    private final float bias;

    /** A convolution with zeros around its input; weights [outputs, inputs, kernel]. */
    private record Conv(float[] weight, float[] bias, int inputs, int kernel) {
        double[][] forward(double[][] x) {
            double[][] y = new double[x.length][bias.length];
            each(x.length, (l, o, w, at, i) -> y[l][o] += weight[w] * x[at][i]);
            for (double[] position : y) {
                for (int o = 0; o < position.length; o++) {
                    position[o] = Math.tanh(position[o] + bias[o]);
                }
            }
            return y;
        }

        /** The gradient by x, given that by y = tanh(...). */
        double[][] backward(double[][] y, double[][] gradient) {
            double[][] byX = new double[y.length][inputs];
            each(
                    y.length,
                    (l, o, w, at, i) ->
                            byX[at][i] += weight[w] * gradient[l][o] * (1 - y[l][o] * y[l][o]));
            return byX;
        }

        private interface Tap {
            void at(int position, int output, int weight, int from, int input);
        }

        private void each(int length, Tap tap) {
            for (int l = 0; l < length; l++) {
                for (int w = 0; w < weight.length; w++) {
                    int at = l + w % kernel - kernel / 2;
                    if (at >= 0 && at < length) {
                        tap.at(l, w / (kernel * inputs), w, at, w / kernel % inputs);
                    }
                }
            }
        }
    }

    TinyReward(Map<String, NDArray> tensors) {
        first = conv(tensors, "conv1");
        second = conv(tensors, "conv2");
        weights = tensors.get("out.weight").get(0).toFloatArray();
        bias = tensors.get("out.bias").toFloatArray()[0];
    }

    private static Conv conv(Map<String, NDArray> tensors, String name) {
        NDArray weight = tensors.get(name + ".weight");
        return new Conv(
                weight.toFloatArray(),
                tensors.get(name + ".bias").toFloatArray(),
                (int) weight.getShape().get(1),
                (int) weight.getShape().get(2));
    }

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
        throw new UnsupportedOperationException("only its gradient is asked for");
    }

    @Override
    public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
        return IntStream.range(0, designs.size())
                .mapToObj(row -> differentiate(designs.rows().get(row), designs.length()))
                .toList();
    }

    private ScoredGradient differentiate(float[] row, int length) {
        int letters = row.length / length;
        double[][] x = new double[length][letters];
        for (int i = 0; i < row.length; i++) {
            x[i / letters][i % letters] = row[i];
        }
        double[][] hidden = first.forward(x);
        double[][] top = second.forward(hidden);
        double score = bias;
        double[][] byTop = new double[length][weights.length];
        for (int l = 0; l < length; l++) {
            for (int o = 0; o < weights.length; o++) {
                score += weights[o] * top[l][o] / length;
                byTop[l][o] = weights[o] / length;
            }
        }
        double[][] byX = first.backward(hidden, second.backward(top, byTop));
        float[] gradient = new float[row.length];
        for (int i = 0; i < row.length; i++) {
            gradient[i] = (float) byX[i / letters][i % letters];
        }
        return new ScoredGradient(score, gradient);
    }
}
