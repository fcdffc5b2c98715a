package dev.tiller.sampler.exact;

import static dev.tiller.sampler.exact.TableChain.START;
import static dev.tiller.sampler.exact.TableChain.STATES;

import java.util.Arrays;
import java.util.List;

/** Laws of the table chain by dynamic programming, all in float64. */
public final class ExactLaw {
    private ExactLaw() {}

    /** Returns the law after all kernels, started from masks only. */
    public static double[] forward(List<double[][]> kernels) {
        double[] law = new double[STATES];
        law[START] = 1;
        for (double[][] kernel : kernels) {
            double[] next = new double[STATES];
            for (int x = 0; x < STATES; x++) {
                for (int y = 0; y < STATES; y++) {
                    next[y] += law[x] * kernel[x][y];
                }
            }
            law = next;
        }
        return law;
    }

    /** Returns E[terminal(end) | x at index i] for i = 0, ..., kernels.size(). */
    public static double[][] backward(List<double[][]> kernels, double[] terminal) {
        double[][] expected = new double[kernels.size() + 1][STATES];
        expected[kernels.size()] = terminal;
        for (int i = kernels.size() - 1; i >= 0; i--) {
            for (int x = 0; x < STATES; x++) {
                for (int y = 0; y < STATES; y++) {
                    expected[i][x] += kernels.get(i)[x][y] * expected[i + 1][y];
                }
            }
        }
        return expected;
    }

    /**
     * Returns the law of the best of {@code n} draws, the first on ties: candidate j wins if all
     * before it are worse and none after it is better.
     */
    public static double[] bestOf(double[] law, double[] scores, int n) {
        double[] best = new double[law.length];
        for (int a = 0; a < law.length; a++) {
            double worse = 0;
            double notBetter = 0;
            for (int b = 0; b < law.length; b++) {
                worse += scores[b] < scores[a] ? law[b] : 0;
                notBetter += scores[b] <= scores[a] ? law[b] : 0;
            }
            for (int j = 0; j < n; j++) {
                best[a] += law[a] * Math.pow(worse, j) * Math.pow(notBetter, n - 1 - j);
            }
        }
        return best;
    }

    /** Returns the kernel that keeps the best of {@code n} draws from {@code kernel}. */
    public static double[][] greedy(double[][] kernel, double[] values, int n) {
        return Arrays.stream(kernel).map(row -> bestOf(row, values, n)).toArray(double[][]::new);
    }

    /**
     * Returns the kernel that draws M candidates and keeps one in proportion to its weight, for M =
     * 1, 2, 3, by summing over all tuples: P(a) = M p(a) E[w(a) / (w(a) + w(b) + ...)].
     */
    public static double[][] guided(double[][] kernel, double[] weights, int candidates) {
        double[][] guided = new double[STATES][STATES];
        for (int x = 0; x < STATES; x++) {
            double[] row = kernel[x];
            int[] next = reachable(row);
            for (int a : next) {
                double share = 0;
                if (candidates == 1) {
                    share = 1;
                } else if (candidates == 2) {
                    for (int b : next) {
                        share += row[b] * weights[a] / (weights[a] + weights[b]);
                    }
                } else if (candidates == 3) {
                    for (int b : next) {
                        double two = weights[a] + weights[b];
                        for (int c : next) {
                            share += row[b] * row[c] * weights[a] / (two + weights[c]);
                        }
                    }
                } else {
                    throw new IllegalArgumentException("M must be 1, 2 or 3, got " + candidates);
                }
                guided[x][a] = candidates * row[a] * share;
            }
        }
        return guided;
    }

    /**
     * Returns the same kernel for any M. With 1 / S = integral of exp(-s S) over s > 0 the mean of
     * the share becomes a single integral, P(a) = M p(a) w(a) integral of exp(-s w(a)) (sum over b
     * of p(b) exp(-s w(b)))^(M - 1); after s = exp(y) the trapezoidal rule is exact to rounding.
     */
    public static double[][] guidedByIntegral(double[][] kernel, double[] weights, int candidates) {
        double spacing = 0.2;
        double[][] guided = new double[STATES][STATES];
        for (int x = 0; x < STATES; x++) {
            double[] row = kernel[x];
            int[] next = reachable(row);
            double largest = Arrays.stream(next).mapToDouble(a -> weights[a]).max().orElseThrow();
            double[] w = Arrays.stream(next).mapToDouble(a -> weights[a] / largest).toArray();
            double smallest = Arrays.stream(w).min().orElseThrow();
            double[] decay = new double[w.length];
            for (double y = -40; y < Math.log(60 / smallest); y += spacing) {
                double s = Math.exp(y);
                double mean = 0;
                for (int i = 0; i < w.length; i++) {
                    decay[i] = Math.exp(-s * w[i]);
                    mean += row[next[i]] * decay[i];
                }
                double common = candidates * spacing * s * Math.pow(mean, candidates - 1);
                for (int i = 0; i < w.length; i++) {
                    guided[x][next[i]] += row[next[i]] * w[i] * decay[i] * common;
                }
            }
        }
        return guided;
    }

    private static int[] reachable(double[] row) {
        return java.util.stream.IntStream.range(0, row.length).filter(y -> row[y] > 0).toArray();
    }

    /** Returns law(x) exp(reward(x) / tau), normalised. */
    public static double[] tilted(double[] law, double[] rewards, double tau) {
        double[] tilted = new double[law.length];
        Arrays.setAll(tilted, x -> law[x] * Math.exp(rewards[x] / tau));
        double sum = Arrays.stream(tilted).sum();
        Arrays.setAll(tilted, x -> tilted[x] / sum);
        return tilted;
    }

    /** Returns half the sum of the absolute differences. */
    public static double totalVariation(double[] first, double[] second) {
        double sum = 0;
        for (int x = 0; x < first.length; x++) {
            sum += Math.abs(first[x] - second[x]);
        }
        return sum / 2;
    }
}
