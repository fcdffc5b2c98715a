package dev.tiller.finetune.backpropagation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.sampler.numerics.Tensors;

/**
 * Walks a trajectory backwards and adds the gradient of the loss to the parameters of the network.
 *
 * <p>Each step is computed a second time, by itself: the target sum(x' * cotangent) + weight *
 * divergence / B has the gradient of the loss by the parameters through this step, and its gradient
 * by x is the cotangent of the step before. So p(x0 | x), which the forward walk had already, is
 * computed once more; that is the price of keeping nothing but states. Hard steps pass no cotangent
 * on: they have a gradient only through their own divergence.
 */
final class BackwardWalk {
    private final BackpropagationOptions options;
    private final Pass pass;
    private final FrozenModel frozen;
    private final float weight;
    private final RelaxedStep step;

    /** The divergence costs {@code weight} in the unit of the reward. */
    BackwardWalk(BackpropagationOptions options, Pass pass, FrozenModel frozen, double weight) {
        this.options = options;
        this.pass = pass;
        this.frozen = frozen;
        this.weight = (float) (weight / pass.rows());
        this.step =
                new RelaxedStep(
                        options, pass, new TrainedDenoiser(pass.model(), frozen.onSoft(), -1));
    }

    /**
     * Adds the gradient.
     *
     * @param trajectory the states
     * @param cotangent the gradient of the loss by the relaxed designs
     * @param divergences receives the divergence of each step, [T][B]; 0 where none is paid for
     * @param scope parent of the managers of all arrays made
     */
    void run(Trajectory trajectory, float[] cotangent, double[][] divergences, NDManager scope) {
        if (options.graph() == BackpropagationOptions.Graph.WHOLE) {
            whole(trajectory, cotangent, divergences, scope);
        } else {
            float[] next =
                    options.kl().countsLastState()
                            ? last(trajectory, cotangent, divergences, scope)
                            : cotangent;
            for (int i = options.steps() - 1; i >= options.firstRelaxed(); i--) {
                next = relaxed(i, trajectory, next, divergences, scope);
            }
        }
        for (int i = options.firstRelaxed() - 1; i >= 0; i--) {
            if (options.pays(i)) {
                hard(i, trajectory.hard().get(i), divergences, scope);
            }
        }
    }

    /** One relaxed step; returns the cotangent of its state, or null for the first one. */
    private float[] relaxed(
            int index,
            Trajectory trajectory,
            float[] cotangent,
            double[][] divergences,
            NDManager scope) {
        boolean first = index == options.firstRelaxed();
        Divergence paid = options.pays(index) ? options.kl() : Divergence.NONE;
        try (NDManager part = scope.newSubManager()) {
            NDArray x = Tensors.create(part, trajectory.softAt(index), pass.relaxed());
            x.setRequiresGradient(!first);
            NDArray old = first ? known(index, trajectory, paid, part) : null;
            NDArray seed = Tensors.create(part, cotangent, pass.relaxed());
            Gradients.backward(
                    part,
                    () -> {
                        RelaxedStep.Outcome outcome = step.run(index, x, paid, old);
                        NDArray target = outcome.next().mul(seed).sum();
                        return pay(target, outcome.divergence(), index, divergences);
                    });
            if (first) {
                return null;
            }
            try (NDArray gradient = x.getGradient()) {
                return requireFinite(gradient.toFloatArray(), index);
            }
        }
    }

    /** The divergence of the last state; returns its cotangent with that of the rewards. */
    private float[] last(
            Trajectory trajectory, float[] cotangent, double[][] divergences, NDManager scope) {
        int index = options.steps();
        try (NDManager part = scope.newSubManager()) {
            NDArray x = Tensors.create(part, trajectory.last(), pass.relaxed());
            x.setRequiresGradient(true);
            Gradients.backward(
                    part, () -> pay(null, step.last(x, options.kl()), index, divergences));
            try (NDArray gradient = x.getGradient()) {
                float[] sum = requireFinite(gradient.toFloatArray(), index);
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += cotangent[i];
                }
                return sum;
            }
        }
    }

    /** All relaxed steps in one graph. */
    private void whole(
            Trajectory trajectory, float[] cotangent, double[][] divergences, NDManager scope) {
        int first = options.firstRelaxed();
        try (NDManager part = scope.newSubManager()) {
            NDArray start = Tensors.create(part, trajectory.softAt(first), pass.relaxed());
            Divergence atFirst = options.pays(first) ? options.kl() : Divergence.NONE;
            NDArray old = known(first, trajectory, atFirst, part);
            NDArray seed = Tensors.create(part, cotangent, pass.relaxed());
            Gradients.backward(
                    part,
                    () -> {
                        NDArray x = start;
                        NDArray target = null;
                        for (int i = first; i < options.steps(); i++) {
                            Divergence paid = options.pays(i) ? options.kl() : Divergence.NONE;
                            RelaxedStep.Outcome outcome =
                                    step.run(i, x, paid, i == first ? old : null);
                            x = outcome.next();
                            if (outcome.divergence() != null) {
                                target = pay(target, outcome.divergence(), i, divergences);
                            }
                        }
                        if (options.kl().countsLastState()) {
                            NDArray last = step.last(x, options.kl());
                            target = pay(target, last, options.steps(), divergences);
                        }
                        NDArray reward = x.mul(seed).sum();
                        return target == null ? reward : reward.add(target);
                    });
        }
    }

    /** The pretrained model on a hard state. */
    private NDArray known(int index, Trajectory trajectory, Divergence paid, NDManager part) {
        if (paid == Divergence.NONE) {
            return null;
        }
        NDArray x = part.create(trajectory.hard().get(index), pass.tokens());
        return known(index, x);
    }

    private NDArray known(int index, NDArray x) {
        return TrainedDenoiser.finite(pass.ask(frozen.onTokens(), x, options.time(index)));
    }

    /** The divergence of a step that was drawn. */
    private void hard(int index, long[] tokens, double[][] divergences, NDManager scope) {
        double t = options.time(index);
        double scale = options.kl().scale(pass.model().schedule(), t, options.time(index + 1));
        try (NDManager part = scope.newSubManager()) {
            NDArray x = part.create(tokens, pass.tokens());
            NDArray old = known(index, x);
            float[] hot = Trajectory.oneHot(tokens, pass.model().letters() + 1);
            RelaxedState state =
                    RelaxedState.of(
                            Tensors.create(part, hot, pass.relaxed()), options.copyTemperature());
            Gradients.backward(
                    part,
                    () -> {
                        NDArray logNew = pass.ask(pass.network(), x, t);
                        NDArray rows = options.kl().perRow(state, logNew, old, pass.free(part));
                        return pay(null, Tensors.scale(rows, scale), index, divergences);
                    });
        }
    }

    /** Adds what the divergence costs to the target and takes note of it. */
    private NDArray pay(NDArray target, NDArray rows, int index, double[][] divergences) {
        if (rows == null) {
            return target;
        }
        float[] values = rows.stopGradient().toFloatArray();
        for (int row = 0; row < values.length; row++) {
            requireFinite("divergence", values[row], row, index);
            divergences[index][row] = values[row];
        }
        NDArray cost = Tensors.scale(rows, weight).sum();
        return target == null ? cost : target.add(cost);
    }

    private float[] requireFinite(float[] gradient, int index) {
        for (int i = 0; i < gradient.length; i++) {
            requireFinite("gradient", gradient[i], i / pass.model().width(), index);
        }
        return gradient;
    }

    private void requireFinite(String what, float value, int row, int index) {
        if (!Float.isFinite(value)) {
            throw new IllegalStateException(
                    "the "
                            + what
                            + " must be finite, got "
                            + value
                            + " in "
                            + pass.where(row)
                            + ", reverse step "
                            + index
                            + "; lower the learning rate, or truncate the trajectory");
        }
    }
}
