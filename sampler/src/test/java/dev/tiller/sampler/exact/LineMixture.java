package dev.tiller.sampler.exact;

import dev.tiller.sampler.gaussian.Sde;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * A mixture of normals on the line. Noised by a Gaussian process it is a mixture of normals again,
 * so score and posterior are known in closed form.
 */
public final class LineMixture {
    private final double[] weights;
    private final double[] means;
    private final double[] stds;

    /** Weights sum to 1. */
    public LineMixture(double[] weights, double[] means, double[] stds) {
        this.weights = weights.clone();
        this.means = means.clone();
        this.stds = stds.clone();
    }

    /** Returns the mixture that the tests use: two separate, unequal bumps. */
    public static LineMixture twoBumps() {
        return new LineMixture(
                new double[] {0.3, 0.7}, new double[] {-1.2, 0.8}, new double[] {0.3, 0.5});
    }

    /** Returns one normal. */
    public static LineMixture normal(double mean, double std) {
        return new LineMixture(new double[] {1}, new double[] {mean}, new double[] {std});
    }

    /** Returns the law of x_t. */
    public LineMixture noised(Sde sde, double t) {
        double[] m = new double[means.length];
        double[] s = new double[means.length];
        for (int k = 0; k < m.length; k++) {
            m[k] = sde.alpha(t) * means[k];
            s[k] = Math.hypot(sde.alpha(t) * stds[k], sde.std(t));
        }
        return new LineMixture(weights, m, s);
    }

    private double[] joint(double x) {
        double[] joint = new double[weights.length];
        for (int k = 0; k < joint.length; k++) {
            double z = (x - means[k]) / stds[k];
            joint[k] = weights[k] / stds[k] * Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
        }
        return joint;
    }

    public double density(double x) {
        double sum = 0;
        for (double part : joint(x)) {
            sum += part;
        }
        return sum;
    }

    public double cumulative(double x) {
        double sum = 0;
        for (int k = 0; k < weights.length; k++) {
            sum += weights[k] * NormalDistribution.of(means[k], stds[k]).cumulativeProbability(x);
        }
        return sum;
    }

    /** Returns d/dx log density, far out that of the nearest bump. */
    public double score(double x) {
        double top = Double.NEGATIVE_INFINITY;
        double[] logs = new double[weights.length];
        for (int k = 0; k < logs.length; k++) {
            double z = (x - means[k]) / stds[k];
            logs[k] = Math.log(weights[k] / stds[k]) - 0.5 * z * z;
            top = Math.max(top, logs[k]);
        }
        double mass = 0;
        double sum = 0;
        for (int k = 0; k < logs.length; k++) {
            double share = Math.exp(logs[k] - top);
            mass += share;
            sum += share * (means[k] - x) / (stds[k] * stds[k]);
        }
        return sum / mass;
    }

    /** Returns E[x_0 | x_t = x] from the joint law, not by Tweedie's formula. */
    public double posteriorMean(Sde sde, double t, double x) {
        double alpha = sde.alpha(t);
        double variance = sde.std(t) * sde.std(t);
        double[] responsibilities = noised(sde, t).joint(x);
        double mass = 0;
        double sum = 0;
        for (int k = 0; k < weights.length; k++) {
            double precision = 1 / (stds[k] * stds[k]) + alpha * alpha / variance;
            double mean = (means[k] / (stds[k] * stds[k]) + alpha * x / variance) / precision;
            mass += responsibilities[k];
            sum += responsibilities[k] * mean;
        }
        return sum / mass;
    }

    /** Returns the law with density p(x) exp(c x), normalised. */
    public LineMixture tilted(double c) {
        double[] w = new double[weights.length];
        double[] m = new double[weights.length];
        double mass = 0;
        for (int k = 0; k < w.length; k++) {
            double variance = stds[k] * stds[k];
            m[k] = means[k] + c * variance;
            w[k] = weights[k] * Math.exp(c * means[k] + 0.5 * c * c * variance);
            mass += w[k];
        }
        for (int k = 0; k < w.length; k++) {
            w[k] /= mass;
        }
        return new LineMixture(w, m, stds);
    }

    public double mean() {
        double sum = 0;
        for (int k = 0; k < weights.length; k++) {
            sum += weights[k] * means[k];
        }
        return sum;
    }

    /** Returns E[x^2]. */
    public double secondMoment() {
        double sum = 0;
        for (int k = 0; k < weights.length; k++) {
            sum += weights[k] * (means[k] * means[k] + stds[k] * stds[k]);
        }
        return sum;
    }
}
