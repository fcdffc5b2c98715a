package dev.tiller.sampler.decoder;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import java.util.function.ToIntFunction;

/** Noise by q(x_t | x0), as far as a time index that the process decides. */
record Corruption(ToIntFunction<ReverseProcess> indexOf) implements Renoising {
    @Override
    public int index(ReverseProcess process) {
        return indexOf.applyAsInt(process);
    }

    @Override
    public State apply(ReverseProcess process, State x0, Randomness noise, NDManager manager) {
        return process.corrupt(x0, index(process), noise, manager);
    }
}
