package dev.tiller.finetune.backpropagation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.masked.Subs;
import dev.tiller.sampler.numerics.Tensors;
import dev.tiller.sampler.schedule.NoiseSchedule;

/**
 * A reverse step that is differentiable in the network and in the state (DRAKES, Wang et al. 2024,
 * section 4.2): the categorical draw of the ancestral step is relaxed by the Gumbel-softmax (Jang
 * et al. 2017), and a soft copy flag c keeps what is no longer masked: x' = c x + (1 - c) y.
 */
final class RelaxedStep {
    private final BackpropagationOptions options;
    private final Pass pass;
    private final Denoiser frozen;

    /**
     * What a step gives.
     *
     * @param next the next state, float32 [B, L, K + 1]
     * @param divergence the divergence of each row, scaled but without its weight, float32 [B];
     *     null if none is paid for
     */
    record Outcome(NDArray next, NDArray divergence) {}

    RelaxedStep(BackpropagationOptions options, Pass pass, Denoiser frozen) {
        this.options = options;
        this.pass = pass;
        this.frozen = frozen;
    }

    /**
     * Runs a step.
     *
     * @param index the step
     * @param x its state, float32 [B, L, K + 1]
     * @param divergence which one is computed; {@link Divergence#NONE} for none
     * @param logOld log q of the pretrained model where it is known, else null
     */
    Outcome run(int index, NDArray x, Divergence divergence, NDArray logOld) {
        double t = options.time(index);
        double s = options.time(index + 1);
        RelaxedState state = RelaxedState.of(x, options.copyTemperature());
        NDArray logNew = pass.ask(pass.network(), x, t);
        NDArray rows = null;
        if (divergence != Divergence.NONE) {
            NDArray old = logOld == null ? pass.ask(frozen, x, t) : logOld;
            rows = divergence(state, logNew, old, divergence, divergence.scale(schedule(), t, s));
        }
        return new Outcome(next(state, logNew, index), rows);
    }

    private NoiseSchedule schedule() {
        return pass.model().schedule();
    }

    /** The scaled divergence of each row. */
    private NDArray divergence(
            RelaxedState state, NDArray logNew, NDArray old, Divergence divergence, double scale) {
        NDArray free = pass.free(logNew.getManager());
        return Tensors.scale(divergence.perRow(state, logNew, old, free), scale);
    }

    /**
     * Computes the divergence of the last state, after all steps, for {@link
     * Divergence#countsLastState}.
     *
     * @param x its state, float32 [B, L, K + 1]
     * @param divergence which one is computed
     * @return the divergence of each row, scaled but without its weight, float32 [B]
     */
    NDArray last(NDArray x, Divergence divergence) {
        double t = options.time(options.steps());
        RelaxedState state = RelaxedState.of(x, options.copyTemperature());
        NDArray logNew = pass.ask(pass.network(), x, t);
        NDArray old = pass.ask(frozen, x, t);
        return divergence(state, logNew, old, divergence, divergence.scale(schedule(), t, t));
    }

    private NDArray next(RelaxedState state, NDArray logNew, int index) {
        NDArray scores = logWeights(state, logNew, index).add(gumbel(index, logNew.getManager()));
        NDArray drawn = Tensors.scale(scores, 1 / pass.tau()).softmax(2);
        NDArray kept = state.x().mul(state.copyFlag());
        return kept.add(drawn.mul(state.copyFlag().neg().add(1f)));
    }

    /** The unnormalised log weights of the next token: letters m(t) - m(s), the mask m(s). */
    private NDArray logWeights(RelaxedState state, NDArray logNew, int index) {
        double maskedAtT = pass.model().schedule().moveChance(options.time(index));
        double maskedAtS = pass.model().schedule().moveChance(options.time(index + 1));
        // at the last time there may be no noise left; log 0 is not finite
        float logStay = Math.max(Subs.LOG_ZERO, (float) StrictMath.log(maskedAtS));
        NDArray carried = Subs.carriedOver(logNew, state.tokens());
        NDArray reveal =
                carried.get(new NDIndex("..., :{}", pass.model().letters()))
                        .add((float) StrictMath.log(maskedAtT - maskedAtS));
        Shape position = new Shape(pass.rows(), pass.model().length(), 1);
        NDArray all = reveal.concat(logNew.getManager().full(position, logStay), 2);
        if (options.floor() == 0) {
            return all;
        }
        float[] floor = {(float) options.floor()};
        return all.exp().add(Tensors.create(all.getManager(), floor, new Shape(1))).log();
    }

    private NDArray gumbel(int index, NDManager manager) {
        double[] noise = pass.gumbel(index);
        float[] values = new float[noise.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) noise[i];
        }
        return Tensors.create(manager, values, pass.relaxed());
    }
}
