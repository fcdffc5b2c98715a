package dev.tiller.finetune.objective;

import dev.tiller.finetune.data.CleanArrays;
import dev.tiller.sampler.gaussian.Component;
import dev.tiller.sampler.gaussian.Component.Layout;
import dev.tiller.sampler.gaussian.Sde;

/**
 * Noises one component of clean examples, and says what the network should output and how much an
 * error of it counts.
 *
 * <p>With x_t = alpha x_0 + s z, an error d of the output is an error c d of the noise z, where c
 * is 1 for {@code NOISE}, s for {@code SCORE}, alpha / s for {@code CLEAN} and alpha / (alpha^2 +
 * s^2) for {@code VELOCITY}.
 */
final class Perturbation {
    /**
     * A noisy batch of one component.
     *
     * @param noisy x_t, [B, ...] in row-major order, 0 where there is no entry
     * @param target what the network should output, likewise
     * @param weights for each row what an error of an entry is multiplied by before it is squared
     */
    record Noisy(float[] noisy, float[] target, float[] weights) {}

    private final Component component;
    private final ScoreMatching.Weighting weighting;
    private final DiffusionTimes times;
    private final int size;
    private final int columns;

    Perturbation(Component component, ScoreMatching.Weighting weighting, DiffusionTimes times) {
        this.component = component;
        this.weighting = weighting;
        this.times = times;
        this.size = (int) component.shape().size();
        int axes = component.shape().dimension();
        this.columns = axes == 0 ? 1 : (int) component.shape().get(axes - 1);
    }

    /** How many numbers of noise one example takes; those of pairs fill the upper triangle. */
    int draws() {
        return component.layout() == Layout.PAIRS ? columns * (columns - 1) / 2 : size;
    }

    /** Puts the drawn numbers where they belong; pairs get a symmetric matrix. */
    double[] place(double[] drawn) {
        if (component.layout() != Layout.PAIRS) {
            return drawn;
        }
        double[] matrix = new double[size];
        int next = 0;
        for (int i = 0; i < columns; i++) {
            for (int j = i + 1; j < columns; j++) {
                matrix[i * columns + j] = drawn[next];
                matrix[j * columns + i] = drawn[next++];
            }
        }
        return matrix;
    }

    /**
     * Noises rows.
     *
     * @param clean the examples
     * @param index which component of them this is
     * @param rows which rows
     * @param t the time of each
     * @param noise standard normal numbers of each, as {@link #place} gives them
     * @return the noisy batch
     */
    Noisy of(CleanArrays clean, int index, int[] rows, double[] t, double[][] noise) {
        float[] noisy = new float[rows.length * size];
        float[] target = new float[noisy.length];
        float[] weights = new float[rows.length];
        for (int row = 0; row < rows.length; row++) {
            Sde sde = component.sde();
            double alpha = sde.alpha(t[row]);
            double std = sde.std(t[row]);
            weights[row] = (float) weight(t[row], alpha, std);
            float[] x0 = clean.components().get(index)[rows[row]];
            int nodes = clean.nodes() == null ? 0 : clean.nodes()[rows[row]];
            for (int i = 0; i < size; i++) {
                if (exists(i, nodes)) {
                    double z = noise[row][i];
                    noisy[row * size + i] = (float) (alpha * x0[i] + std * z);
                    target[row * size + i] = (float) target(x0[i], z, alpha, std);
                }
            }
        }
        return new Noisy(noisy, target, weights);
    }

    private boolean exists(int entry, int nodes) {
        int row = entry / columns;
        return switch (component.layout()) {
            case PLAIN -> true;
            case NODES -> row < nodes;
            case PAIRS -> row < nodes && entry % columns < nodes && row != entry % columns;
        };
    }

    private double target(double x0, double z, double alpha, double std) {
        return switch (component.parameterisation()) {
            case SCORE -> -z / std;
            case NOISE -> z;
            case CLEAN -> x0;
            case VELOCITY -> alpha * z - std * x0;
        };
    }

    private double weight(double t, double alpha, double std) {
        double ofNoise =
                switch (component.parameterisation()) {
                    case SCORE -> std;
                    case NOISE -> 1;
                    case CLEAN -> alpha / std;
                    case VELOCITY -> alpha / (alpha * alpha + std * std);
                };
        double weight =
                switch (weighting) {
                    case NOISE -> ofNoise;
                    case LIKELIHOOD -> ofNoise * component.sde().diffusion(t) / std;
                    case OUTPUT -> 1;
                };
        return weight / StrictMath.sqrt(times.density(t));
    }
}
