package dev.tiller.finetune.backpropagation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.finetune.objective.Objective;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.masked.Subs;
import dev.tiller.sampler.numerics.Tensors;
import java.util.Arrays;

/** A network that is being trained, as a denoiser. */
final class TrainedDenoiser implements Denoiser {
    private final SequenceModel model;
    private final Objective.Forward network;
    private final long batch;
    private final int[] conditions;

    /** The batch addresses dropout; -1 to evaluate. */
    TrainedDenoiser(SequenceModel model, Objective.Forward network, long batch) {
        this(model, network, batch, null);
    }

    private TrainedDenoiser(
            SequenceModel model, Objective.Forward network, long batch, int[] conditions) {
        this.model = model;
        this.network = network;
        this.batch = batch;
        this.conditions = conditions;
    }

    @Override
    public TrainedDenoiser given(int[] conditions) {
        return new TrainedDenoiser(model, network, batch, conditions);
    }

    /**
     * Evaluates the network.
     *
     * @param x tokens, int64 [B, L], or a relaxed state, float32 [B, L, K + 1]
     * @return log p(x0 = k | x), float32 [B, L, K], finite; the gradient flows
     */
    @Override
    public NDArray logPosterior(NDArray x, double[] t) {
        NDArray logits = network.run(inputs(x, t), batch);
        return finite(law(Subs.logPosterior(logits, model.letters())));
    }

    /** The law that letters are drawn by, from that of the network. */
    private NDArray law(NDArray logPosterior) {
        if (model.isPlain()) {
            return logPosterior;
        }
        float[] allowed = model.exclusion();
        for (int k = 0; k < allowed.length; k++) {
            allowed[k] = Math.max(allowed[k], Subs.LOG_ZERO);
        }
        NDArray out =
                Tensors.create(logPosterior.getManager(), allowed, new Shape(1, 1, allowed.length));
        return Tensors.scale(logPosterior, 1 / model.temperature()).add(out).logSoftmax(-1);
    }

    /** Replaces log 0 by a number whose product with 0 is 0; NaN stays. */
    static NDArray finite(NDArray logPosterior) {
        return logPosterior.clip(Subs.LOG_ZERO, 0f);
    }

    private NDList inputs(NDArray x, double[] t) {
        NDManager manager = x.getManager();
        NDList inputs = new NDList(x);
        int[] given = conditions == null ? new int[t.length] : conditions;
        inputs.addAll(model.conditioning().inputs(given, manager));
        if (model.timeConditioning()) {
            float[] sigma = new float[t.length];
            for (int i = 0; i < sigma.length; i++) {
                sigma[i] = (float) model.schedule().sigma(t[i]);
            }
            inputs.add(manager.create(sigma));
        }
        if (model.label().isPresent()) {
            long[] labels = new long[t.length];
            Arrays.fill(labels, model.label().getAsInt());
            inputs.add(manager.create(labels, new Shape(t.length)));
        }
        return inputs;
    }

    @Override
    public boolean dependsOnTime() {
        return model.timeConditioning();
    }

    @Override
    public int cleanTokens() {
        return model.letters();
    }
}
