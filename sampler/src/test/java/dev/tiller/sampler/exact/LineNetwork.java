package dev.tiller.sampler.exact;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.tiller.sampler.gaussian.DifferentiableScoreNetwork;
import dev.tiller.sampler.gaussian.Parameterisation;
import dev.tiller.sampler.gaussian.Sde;

/** The exact network of independent coordinates that all follow one mixture. */
public final class LineNetwork implements DifferentiableScoreNetwork {
    private static final double SMALL = 1e-4;

    private final LineMixture mixture;
    private final Sde sde;
    private final Parameterisation parameterisation;

    public LineNetwork(LineMixture mixture, Sde sde, Parameterisation parameterisation) {
        this.mixture = mixture;
        this.sde = sde;
        this.parameterisation = parameterisation;
    }

    @Override
    public NDList evaluate(NDList arrays, double[] t) {
        float[] x = arrays.get(0).toFloatArray();
        return create(arrays, map(x, t, (law, row, i) -> output(law, t[row], x[i])));
    }

    @Override
    public NDList vectorJacobian(NDList arrays, double[] t, NDList cotangents) {
        float[] x = arrays.get(0).toFloatArray();
        float[] c = cotangents.get(0).toFloatArray();
        float[] products =
                map(
                        x,
                        t,
                        (law, row, i) -> {
                            double above = output(law, t[row], x[i] + SMALL);
                            double below = output(law, t[row], x[i] - SMALL);
                            return c[i] * (above - below) / (2 * SMALL);
                        });
        return create(arrays, products);
    }

    private interface Entry {
        double at(LineMixture law, int row, int i);
    }

    private float[] map(float[] x, double[] t, Entry entry) {
        float[] result = new float[x.length];
        int width = x.length / t.length;
        LineMixture law = null;
        for (int i = 0; i < x.length; i++) {
            int row = i / width;
            if (i % width == 0 && (row == 0 || t[row] != t[row - 1])) {
                law = mixture.noised(sde, t[row]);
            }
            result[i] = (float) entry.at(law, row, i);
        }
        return result;
    }

    private double output(LineMixture law, double t, double x) {
        double score = law.score(x);
        double alpha = sde.alpha(t);
        double std = sde.std(t);
        double clean = (x + std * std * score) / alpha;
        return switch (parameterisation) {
            case SCORE -> score;
            case NOISE -> -std * score;
            case CLEAN -> clean;
            case VELOCITY -> -alpha * std * score - std * clean;
        };
    }

    private static NDList create(NDList arrays, float[] values) {
        NDArray x = arrays.get(0);
        return new NDList(x.getManager().create(values, x.getShape()));
    }

    @Override
    public boolean dependsOnTime() {
        return true;
    }
}
