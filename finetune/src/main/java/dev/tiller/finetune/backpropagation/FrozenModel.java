package dev.tiller.finetune.backpropagation;

import dev.tiller.finetune.objective.Objective;
import dev.tiller.sampler.Denoiser;
import java.util.Objects;

/**
 * The pretrained model, which the divergence is measured from; it is never changed. Hard states
 * need no gradient, so they may be evaluated on the fastest backend; soft states need one by the
 * state.
 *
 * @param onTokens evaluates hard states
 * @param onSoft evaluates soft states, float32 [B, L, K + 1], then sigma if the network is told the
 *     time, then the class if there is one; logits, float32 [B, L, V]. Parameters frozen, in
 *     evaluation mode, on the engine that computes gradients. The same function as {@code onTokens}
 */
public record FrozenModel(Denoiser onTokens, Objective.Forward onSoft) {
    /** Checks that both are there. */
    public FrozenModel {
        Objects.requireNonNull(onTokens);
        Objects.requireNonNull(onSoft);
    }
}
