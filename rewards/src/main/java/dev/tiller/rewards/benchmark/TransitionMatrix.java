package dev.tiller.rewards.benchmark;

/**
 * The transition matrix of an Ehrlich function: a random ergodic Markov chain some of whose
 * transitions are banned.
 *
 * <p>Weights are softmax(z / 0.5) of Gaussians z. A band of 2 * floor(0.4 v) + 1 states around the
 * diagonal, which wraps around, is allowed in each row of a matrix whose rows are then shuffled;
 * the diagonal is always allowed; all else is set to 0 and rows are normalised again. Shuffles that
 * leave a state out of reach of another are drawn again. Immutable.
 */
final class TransitionMatrix {
    private static final double SOFTMAX_TEMPERATURE = 0.5;
    private static final double BAND = 0.4;
    private static final int SQUARINGS = 40; // 2^40 steps: far beyond mixing, in few products

    private final double[][] probabilities;
    private final double[] stationary;

    private TransitionMatrix(double[][] probabilities) {
        this.probabilities = probabilities;
        this.stationary = stationary(probabilities);
    }

    static TransitionMatrix draw(int states, Draws draws) {
        double[][] matrix = new double[states][states];
        for (double[] row : matrix) {
            for (int j = 0; j < states; j++) {
                row[j] = StrictMath.exp(draws.gaussian() / SOFTMAX_TEMPERATURE);
            }
        }
        boolean[][] allowed = band(states, draws.permutation(states));
        while (!isIrreducible(allowed)) {
            allowed = band(states, draws.permutation(states));
        }
        for (int i = 0; i < states; i++) {
            double sum = 0;
            for (int j = 0; j < states; j++) {
                matrix[i][j] = allowed[i][j] ? matrix[i][j] : 0;
                sum += matrix[i][j];
            }
            for (int j = 0; j < states; j++) {
                matrix[i][j] /= sum;
            }
        }
        return new TransitionMatrix(matrix);
    }

    private static boolean[][] band(int states, int[] order) {
        int halfWidth = (int) (states * BAND);
        boolean[][] allowed = new boolean[states][states];
        for (int i = 0; i < states; i++) {
            for (int d = -halfWidth; d <= halfWidth; d++) {
                allowed[i][Math.floorMod(order[i] + d, states)] = true;
            }
            allowed[i][i] = true;
        }
        return allowed;
    }

    /** Returns whether every state reaches every other. */
    private static boolean isIrreducible(boolean[][] allowed) {
        int states = allowed.length;
        boolean[][] reaches = new boolean[states][];
        for (int i = 0; i < states; i++) {
            reaches[i] = allowed[i].clone();
        }
        for (int via = 0; via < states; via++) {
            for (int i = 0; i < states; i++) {
                for (int j = 0; j < states; j++) {
                    reaches[i][j] |= reaches[i][via] && reaches[via][j];
                }
            }
        }
        for (boolean[] row : reaches) {
            for (boolean reached : row) {
                if (!reached) {
                    return false;
                }
            }
        }
        return true;
    }

    int states() {
        return probabilities.length;
    }

    boolean isAllowed(int from, int to) {
        return probabilities[from][to] > 0;
    }

    /** Draws a walk that begins in the stationary distribution. */
    int[] walk(int length, Draws draws) {
        int[] walk = new int[length];
        for (int i = 0; i < length; i++) {
            walk[i] = draws.categorical(i == 0 ? stationary : probabilities[walk[i - 1]]);
        }
        return walk;
    }

    /** Returns the probability of each state in a long walk. */
    double[] stationary() {
        return stationary.clone();
    }

    /** Returns a row of a high power of the matrix, where all rows are equal. */
    private static double[] stationary(double[][] probabilities) {
        double[][] power = probabilities;
        for (int n = 0; n < SQUARINGS; n++) {
            power = square(power);
        }
        return power[0];
    }

    private static double[][] square(double[][] a) {
        int n = a.length;
        double[][] product = new double[n][n];
        for (int i = 0; i < n; i++) {
            double sum = 0;
            for (int j = 0; j < n; j++) {
                for (int via = 0; via < n; via++) {
                    product[i][j] += a[i][via] * a[via][j];
                }
                sum += product[i][j];
            }
            for (int j = 0; j < n; j++) {
                product[i][j] /= sum; // rounding must not grow with the power
            }
        }
        return product;
    }
}
