package dev.tiller.finetune.backpropagation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.numerics.Categorical;
import dev.tiller.sampler.numerics.Tensors;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks from masks to relaxed designs without gradients: steps that are drawn, then relaxed ones.
 * Both read the same noise, so a relaxed step tends to the drawn one as its temperature tends to 0.
 */
final class ForwardWalk {
    private final BackpropagationOptions options;
    private final Pass pass;

    ForwardWalk(BackpropagationOptions options, Pass pass) {
        this.options = options;
        this.pass = pass;
    }

    /** Walks; arrays are made in managers under {@code scope} and are gone afterwards. */
    Trajectory run(NDManager scope) {
        List<long[]> hard = new ArrayList<>();
        long[] tokens = pass.start();
        hard.add(tokens);
        for (int index = 0; index < options.firstRelaxed(); index++) {
            tokens = draw(index, tokens, scope);
            hard.add(tokens);
        }
        List<float[]> soft = new ArrayList<>();
        float[] x = Trajectory.oneHot(tokens, pass.model().letters() + 1);
        soft.add(x);
        RelaxedStep step = new RelaxedStep(options, pass, null);
        for (int index = options.firstRelaxed(); index < options.steps(); index++) {
            try (NDManager part = scope.newSubManager()) {
                NDArray state = Tensors.create(part, x, pass.relaxed());
                x = step.run(index, state, Divergence.NONE, null).next().toFloatArray();
            }
            requireFinite(x, index);
            soft.add(x);
        }
        return new Trajectory(hard, soft);
    }

    private void requireFinite(float[] x, int index) {
        for (int i = 0; i < x.length; i++) {
            if (!Float.isFinite(x[i])) {
                throw broken(x[i], i / pass.model().width(), index);
            }
        }
    }

    private IllegalStateException broken(float value, int row, int index) {
        return new IllegalStateException(
                "the network must give finite probabilities, got "
                        + value
                        + " in "
                        + pass.where(row)
                        + ", reverse step "
                        + index
                        + "; lower the learning rate");
    }

    /** Draws the next tokens of masked positions in proportion to the ancestral weights. */
    private long[] draw(int index, long[] tokens, NDManager scope) {
        float[] logPosterior;
        try (NDManager part = scope.newSubManager()) {
            NDArray x = part.create(tokens, pass.tokens());
            logPosterior = pass.ask(pass.network(), x, options.time(index)).toFloatArray();
        }
        int letters = pass.model().letters();
        double maskedAtT = pass.model().schedule().moveChance(options.time(index));
        double maskedAtS = pass.model().schedule().moveChance(options.time(index + 1));
        double logReveal = StrictMath.log(maskedAtT - maskedAtS);
        double[] weights = new double[letters + 1];
        weights[letters] = StrictMath.log(maskedAtS);
        double[] gumbel = pass.gumbel(index);
        long[] next = tokens.clone();
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] != letters) {
                continue;
            }
            for (int k = 0; k < letters; k++) {
                float log = logPosterior[i * letters + k];
                if (Float.isNaN(log)) {
                    throw broken(log, i / pass.model().length(), index);
                }
                weights[k] = log + logReveal;
            }
            next[i] = Categorical.drawWithGumbel(weights, gumbel, i * (letters + 1));
        }
        return next;
    }
}
