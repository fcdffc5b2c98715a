package dev.tiller.guidance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.sampler.DifferentiableDenoiser;
import dev.tiller.sampler.DifferentiableValueNetwork;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.exact.TableChain;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Models of 3 letters and 4 positions that are defined between the tokens, in float64 and without
 * an engine: their derivatives are written down by hand.
 */
final class SmoothModels {
    static final int K = TableChain.LETTERS;
    static final int L = TableChain.LENGTH;
    static final int COLUMNS = L * (K + 1);
    static final String ALPHABET = TableReward.ALPHABET;

    private SmoothModels() {}

    private static double[][] matrix(long seed, int rows, int columns, double scale) {
        double[][] matrix = new double[rows][columns];
        for (int row = 0; row < rows; row++) {
            new Philox(seed).fill(row, 0, Purpose.INITIALIZATION, 0, matrix[row]);
            for (int i = 0; i < columns; i++) {
                matrix[row][i] = scale * (2 * matrix[row][i] - 1);
            }
        }
        return matrix;
    }

    private static double product(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    private static double[] row(float[] all, int row, int width) {
        return IntStream.range(0, width).mapToDouble(i -> all[row * width + i]).toArray();
    }

    /** p(x0 | xt) = softmax(A tanh(x) + slope t), position by position. */
    static final class Denoiser implements DifferentiableDenoiser {
        private final double[][] weights;
        private final boolean timed;

        Denoiser(long seed, double scale, boolean timed) {
            weights = matrix(seed, L * K, COLUMNS, scale);
            this.timed = timed;
        }

        /** log p of relaxed tokens. */
        double[] logPosterior(double[] x, double t) {
            double[] bent = Arrays.stream(x).map(Math::tanh).toArray();
            double[] logs = new double[L * K];
            Arrays.setAll(logs, i -> product(weights[i], bent) + (timed ? t * (i % K) : 0));
            for (int first = 0; first < L * K; first += K) {
                double sum = 0;
                for (int k = 0; k < K; k++) {
                    sum += Math.exp(logs[first + k]);
                }
                for (int k = 0; k < K; k++) {
                    logs[first + k] -= Math.log(sum);
                }
            }
            return logs;
        }

        @Override
        public NDArray logPosterior(NDArray xt, double[] t) {
            boolean hard = xt.getDataType() == DataType.INT64;
            long[] tokens = hard ? xt.toLongArray() : null;
            float[] relaxed = hard ? null : xt.toFloatArray();
            float[] logs = new float[t.length * L * K];
            for (int row = 0; row < t.length; row++) {
                double[] x = hard ? oneHot(tokens, row) : row(relaxed, row, COLUMNS);
                double[] own = logPosterior(x, t[row]);
                for (int i = 0; i < own.length; i++) {
                    logs[row * own.length + i] = (float) own[i];
                }
            }
            return xt.getManager().create(logs, new Shape(t.length, L, K));
        }

        @Override
        public NDArray vectorJacobian(NDArray relaxed, double[] t, NDArray cotangent) {
            float[] all = relaxed.toFloatArray();
            float[] cotangents = cotangent.toFloatArray();
            float[] gradients = new float[all.length];
            for (int row = 0; row < t.length; row++) {
                double[] x = row(all, row, COLUMNS);
                double[] c = row(cotangents, row, L * K);
                double[] logs = logPosterior(x, t[row]);
                for (int i = 0; i < L * K; i++) {
                    int first = i / K * K;
                    double sum = 0;
                    for (int k = 0; k < K; k++) {
                        sum += c[first + k];
                    }
                    double byLogit = c[i] - Math.exp(logs[i]) * sum;
                    for (int j = 0; j < COLUMNS; j++) {
                        double slope = 1 - Math.tanh(x[j]) * Math.tanh(x[j]);
                        gradients[row * COLUMNS + j] += (float) (byLogit * weights[i][j] * slope);
                    }
                }
            }
            return relaxed.getManager().create(gradients, relaxed.getShape());
        }

        @Override
        public boolean dependsOnTime() {
            return timed;
        }

        @Override
        public int cleanTokens() {
            return K;
        }
    }

    static double[] oneHot(long[] tokens, int row) {
        double[] x = new double[COLUMNS];
        for (int position = 0; position < L; position++) {
            x[position * (K + 1) + (int) tokens[row * L + position]] = 1;
        }
        return x;
    }

    /** A smooth reward sum(b tanh(A z)), or the linear one b A z. */
    static final class Reward implements DifferentiableReward {
        private static final int HIDDEN = 5;

        private final double[][] weights;
        private final double[] outer;
        private final boolean linear;

        Reward(long seed, boolean linear) {
            weights = matrix(seed, HIDDEN, L * K, 1.5);
            outer = matrix(seed + 1, 1, HIDDEN, 1)[0];
            this.linear = linear;
        }

        double of(double[] z) {
            return IntStream.range(0, HIDDEN)
                    .mapToDouble(
                            h -> {
                                double inner = product(weights[h], z);
                                return outer[h] * (linear ? inner : Math.tanh(inner));
                            })
                    .sum();
        }

        @Override
        public String name() {
            return "smooth";
        }

        @Override
        public String letters() {
            return ALPHABET;
        }

        @Override
        public double[] score(Designs designs) {
            return designs.sequences().stream()
                    .mapToDouble(
                            text -> {
                                double[] z = new double[L * K];
                                for (int l = 0; l < L; l++) {
                                    z[l * K + ALPHABET.indexOf(text.charAt(l))] = 1;
                                }
                                return of(z);
                            })
                    .toArray();
        }

        @Override
        public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
            return designs.rows().stream()
                    .map(
                            design -> {
                                double[] z = row(design, 0, L * K);
                                float[] gradient = new float[L * K];
                                for (int i = 0; i < gradient.length; i++) {
                                    for (int h = 0; h < HIDDEN; h++) {
                                        double bent = Math.tanh(product(weights[h], z));
                                        double slope = linear ? 1 : 1 - bent * bent;
                                        gradient[i] += (float) (outer[h] * slope * weights[h][i]);
                                    }
                                }
                                return new ScoredGradient(of(z), gradient);
                            })
                    .toList();
        }
    }

    /** A value that is linear in the one-hot tokens. */
    static final class LinearValue implements DifferentiableValueNetwork {
        private final double[] weights;

        LinearValue(long seed) {
            weights = matrix(seed, 1, COLUMNS, 1)[0];
        }

        @Override
        public NDArray values(NDArray xt) {
            long[] tokens = xt.toLongArray();
            float[] values = new float[tokens.length / L];
            for (int row = 0; row < values.length; row++) {
                values[row] = (float) product(weights, oneHot(tokens, row));
            }
            return xt.getManager().create(values);
        }

        @Override
        public NDArray gradients(NDArray relaxed) {
            float[] gradients = new float[(int) relaxed.size()];
            for (int i = 0; i < gradients.length; i++) {
                gradients[i] = (float) weights[i % COLUMNS];
            }
            return relaxed.getManager().create(gradients, relaxed.getShape());
        }

        @Override
        public int cleanTokens() {
            return K;
        }
    }
}
