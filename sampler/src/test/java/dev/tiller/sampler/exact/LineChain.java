package dev.tiller.sampler.exact;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * A Markov chain on the line with Gaussian transitions and a deterministic end, its laws by
 * quadrature on a grid. The transitions are written down from their definition.
 */
public final class LineChain {
    private static final double LARGEST = 8;
    private static final int HALF = 800;
    private static final int POINTS = 2 * HALF + 1;
    private static final double SPACING = LARGEST / HALF;

    /** A transition N(mean(x), std(x)^2). */
    public record Transition(DoubleUnaryOperator mean, DoubleUnaryOperator std) {}

    private final List<Transition> transitions = new ArrayList<>();
    private final double priorStd;
    private final DoubleUnaryOperator end;

    public LineChain(double priorStd, List<Transition> transitions, DoubleUnaryOperator end) {
        this.priorStd = priorStd;
        this.transitions.addAll(transitions);
        this.end = end;
    }

    public int steps() {
        return transitions.size();
    }

    private static double point(int i) {
        return (i - HALF) * SPACING;
    }

    /** Returns the mass at each point of the grid before the end. */
    public double[] law() {
        return forward(null);
    }

    /** Returns the masses before the end of the chain whose steps are tilted by exact values. */
    public double[] tiltedLaw(double[][] values) {
        return forward(values);
    }

    private double[] forward(double[][] values) {
        double[] law = new double[POINTS];
        for (int i = 0; i < POINTS; i++) {
            law[i] = gauss(point(i) / priorStd);
        }
        normalise(law);
        for (int step = 0; step < steps(); step++) {
            double[] next = new double[POINTS];
            for (int i = 0; i < POINTS; i++) {
                if (law[i] > 1e-14) {
                    double[] row = row(step, i);
                    if (values != null) {
                        for (int j = 0; j < POINTS; j++) {
                            row[j] *= Math.exp(values[step + 1][j] - values[step + 1][HALF]);
                        }
                        normalise(row);
                    }
                    for (int j = 0; j < POINTS; j++) {
                        next[j] += law[i] * row[j];
                    }
                }
            }
            law = next;
        }
        return law;
    }

    /** Returns v_i(x) / tau at each point for i = 0, ..., steps, r / tau being the reward. */
    public double[][] values(DoubleUnaryOperator reward) {
        double[][] values = new double[steps() + 1][POINTS];
        Arrays.setAll(values[steps()], i -> reward.applyAsDouble(end.applyAsDouble(point(i))));
        for (int step = steps() - 1; step >= 0; step--) {
            for (int i = 0; i < POINTS; i++) {
                double[] row = row(step, i);
                double sum = 0;
                for (int j = 0; j < POINTS; j++) {
                    sum += row[j] * Math.exp(values[step + 1][j]);
                }
                values[step][i] = Math.log(sum);
            }
        }
        return values;
    }

    /** Interpolates a function on the grid. */
    public static double at(double[] function, double x) {
        double place = Math.min(Math.max(x / SPACING + HALF, 0), POINTS - 1.000001);
        int i = (int) place;
        double share = place - i;
        return (1 - share) * function[i] + share * function[i + 1];
    }

    private double[] row(int step, int i) {
        double mean = transitions.get(step).mean().applyAsDouble(point(i));
        double std = transitions.get(step).std().applyAsDouble(point(i));
        double[] row = new double[POINTS];
        int first = Math.max(0, (int) ((mean - 9 * std) / SPACING) + HALF - 1);
        int last = Math.min(POINTS - 1, (int) ((mean + 9 * std) / SPACING) + HALF + 1);
        for (int j = first; j <= last; j++) {
            row[j] = gauss((point(j) - mean) / std);
        }
        normalise(row);
        return row;
    }

    private static double gauss(double z) {
        return Math.exp(-0.5 * z * z);
    }

    private static void normalise(double[] masses) {
        double sum = Arrays.stream(masses).sum();
        if (sum > 0) {
            Arrays.setAll(masses, i -> masses[i] / sum);
        }
    }

    /** Returns E[function(end(x))] under the masses. */
    public double expectation(double[] law, DoubleUnaryOperator function) {
        double sum = 0;
        for (int i = 0; i < POINTS; i++) {
            sum += law[i] * function.applyAsDouble(end.applyAsDouble(point(i)));
        }
        return sum;
    }

    /** Returns the mass of the end in each bin: below edges[0], ..., from the last edge on. */
    public double[] bins(double[] law, double[] edges) {
        double[] bins = new double[edges.length + 1];
        for (int i = 0; i < POINTS; i++) {
            double a = end.applyAsDouble(point(i) - SPACING / 2);
            double b = end.applyAsDouble(point(i) + SPACING / 2);
            double low = Math.min(a, b);
            double width = Math.max(Math.abs(b - a), 1e-12);
            double reached = 0;
            for (int bin = 0; bin < edges.length; bin++) {
                double share = Math.min(Math.max((edges[bin] - low) / width, 0), 1);
                bins[bin] += law[i] * (share - reached);
                reached = share;
            }
            bins[edges.length] += law[i] * (1 - reached);
        }
        return bins;
    }
}
