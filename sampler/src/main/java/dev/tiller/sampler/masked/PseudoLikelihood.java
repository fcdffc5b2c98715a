package dev.tiller.sampler.masked;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How well each letter of a clean design fits the others: log p(letter i | the letters of the other
 * parts), the positions being dealt into parts in turn and one part masked at a time. A
 * pseudo-likelihood (Besag 1975) in blocks; no bound of log p(x0).
 *
 * <p>Costs one network row for each part and design.
 */
public final class PseudoLikelihood {
    private final Denoiser denoiser;
    private final Layouts layouts;
    private final int parts;

    /**
     * Creates the estimator.
     *
     * @param denoiser p(x0 | xt, condition)
     * @param layouts the conditions of the designs
     * @param parts how many parts, at least 2: the share of letters that are masked together
     */
    public PseudoLikelihood(Denoiser denoiser, Layouts layouts, int parts) {
        if (parts < 2) {
            throw new IllegalArgumentException("parts must be at least 2, got " + parts);
        }
        this.denoiser = denoiser;
        this.layouts = layouts;
        this.parts = parts;
    }

    /**
     * Evaluates designs.
     *
     * @param x0 clean states
     * @return for each design log p of each letter in nats, as long as its layout
     */
    public List<double[]> evaluate(State x0) {
        long[] clean = TokenRows.of(x0);
        int length = layouts.length();
        List<double[]> logs = new ArrayList<>();
        for (int row = 0; row < x0.rows(); row++) {
            logs.add(new double[layouts.of(x0.sampleId(row)).length()]);
        }
        double[] times = new double[x0.rows()];
        Arrays.fill(times, 1.0 / parts);
        Denoiser given = denoiser.given(layouts.conditions(x0));
        for (int part = 0; part < parts; part++) {
            long[] tokens = clean.clone();
            for (int i = 0; i < tokens.length; i++) {
                boolean inside = i % length < logs.get(i / length).length;
                if (inside && i % length % parts == part) {
                    tokens[i] = denoiser.cleanTokens();
                }
            }
            take(given, tokens, clean, times, part, logs, x0);
        }
        return logs;
    }

    private void take(
            Denoiser given,
            long[] tokens,
            long[] clean,
            double[] times,
            int part,
            List<double[]> logs,
            State x0) {
        int length = layouts.length();
        int letters = denoiser.cleanTokens();
        try (NDManager scope = x0.array(0).getManager().newSubManager()) {
            NDArray xt = scope.create(tokens, new Shape(x0.rows(), length));
            float[] all = given.logPosterior(xt, times).toFloatArray();
            for (int row = 0; row < x0.rows(); row++) {
                double[] own = logs.get(row);
                for (int position = part; position < own.length; position += parts) {
                    int i = row * length + position;
                    own[position] = all[i * letters + (int) clean[i]];
                }
            }
        }
    }
}
