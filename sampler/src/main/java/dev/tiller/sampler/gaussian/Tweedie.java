package dev.tiller.sampler.gaussian;

import dev.tiller.sampler.Prediction;
import java.util.ArrayList;
import java.util.List;

/**
 * Scores and posterior means from what the network says, by Tweedie's formula E[x0 | xt] = (xt +
 * s^2 score) / alpha (Efron 2011) in the form that fits each component.
 */
final class Tweedie {
    private final Geometry geometry;

    Tweedie(Geometry geometry) {
        this.geometry = geometry;
    }

    private Sde sde(int component) {
        return geometry.components().get(component).sde();
    }

    private Parameterisation parameterisation(int component) {
        return geometry.components().get(component).parameterisation();
    }

    /** Returns the score at each free coordinate of a row. */
    double[] scores(StateRows rows, int row, float[] output, double t) {
        Entries entries = rows.entries(row);
        double[] scores = new double[entries.count()];
        for (int c = 0; c < entries.ends().length; c++) {
            double alpha = sde(c).alpha(t);
            double std = sde(c).std(t);
            for (int e = entries.start(c); e < entries.ends()[c]; e++) {
                int at = entries.coordinates()[e];
                scores[e] = parameterisation(c).score(output[at], rows.row(row)[at], alpha, std);
            }
        }
        return scores;
    }

    /** Returns E[x0 | xt] of each row. */
    StateRows.Mean mean(StateRows rows, Prediction prediction, double t) {
        int components = geometry.components().size();
        double[] alphas = new double[components];
        double[] stds = new double[components];
        for (int c = 0; c < components; c++) {
            alphas[c] = sde(c).alpha(t);
            stds[c] = sde(c).std(t);
        }
        return (row, c, at) ->
                parameterisation(c)
                        .clean(prediction.row(row)[at], rows.row(row)[at], alphas[c], stds[c]);
    }

    /** Takes the derivative of a function of the mean to the network's output. */
    List<float[]> cotangents(StateRows rows, List<float[]> gradients, double t) {
        List<float[]> cotangents = new ArrayList<>(rows.count());
        for (int row = 0; row < rows.count(); row++) {
            float[] cotangent = new float[geometry.width()];
            float[] own = gradients.get(row);
            Entries entries = rows.entries(row);
            rows.forEach(
                    row,
                    (c, e, at) -> {
                        double factor =
                                parameterisation(c).cleanByOutput(sde(c).alpha(t), sde(c).std(t));
                        // of a pair the upper place counts, and it moves both
                        cotangent[at] = (float) (factor * entries.sum(own, e));
                    });
            cotangents.add(cotangent);
        }
        return cotangents;
    }

    /**
     * Returns the derivative of a function of the mean by the state.
     *
     * @param products what comes through the network
     */
    List<float[]> total(StateRows rows, List<float[]> gradients, List<float[]> products, double t) {
        List<float[]> totals = new ArrayList<>(rows.count());
        for (int row = 0; row < rows.count(); row++) {
            float[] total = new float[geometry.width()];
            float[] own = gradients.get(row);
            float[] product = products.get(row);
            Entries entries = rows.entries(row);
            rows.forEach(
                    row,
                    (c, e, at) -> {
                        double factor =
                                parameterisation(c).cleanByState(sde(c).alpha(t), sde(c).std(t));
                        double sum = factor * entries.sum(own, e) + entries.sum(product, e);
                        entries.put(total, e, (float) (sum / entries.multiplicity(e)));
                    });
            totals.add(total);
        }
        return totals;
    }
}
