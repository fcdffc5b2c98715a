package dev.tiller.guidance;

import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import java.util.List;

/** A soft value that is also defined between the tokens and can be differentiated there. */
public interface DifferentiableValue extends SoftValue {
    /**
     * Computes the derivative of each particle's value by its own relaxed state, at the state
     * itself.
     *
     * @param x a state at time index {@code index}
     * @param index the time index, in [0, T]
     * @param ledger where evaluations are counted ({@link Ledger.Account#GRADIENT}), batched and
     *     saved
     * @param noise the only source of randomness
     * @return one float32 row for each particle, finite, row-major [L, K + 1] in the coordinates of
     *     one-hot tokens, the mask last; a function of the particle alone, whatever else is in the
     *     batch; not to be modified
     */
    List<float[]> gradient(State x, int index, Ledger ledger, Randomness noise);
}
