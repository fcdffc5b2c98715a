package dev.tiller.finetune.backpropagation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import dev.tiller.sampler.numerics.Tensors;
import java.util.OptionalDouble;

/**
 * A state between the tokens, and what follows from it.
 *
 * @param x float32 [B, L, K + 1], the mask last
 * @param tokens the largest entry of each position, int64 [B, L]
 * @param masked 1 where that is the mask, else 0, float32 [B, L, 1]
 * @param maskMass the mask's entry, float32 [B, L, 1]
 * @param copyFlag how much of a position a step keeps, float32 [B, L, 1]
 */
record RelaxedState(NDArray x, NDArray tokens, NDArray masked, NDArray maskMass, NDArray copyFlag) {
    /**
     * Derives all from x.
     *
     * @param x float32 [B, L, K + 1]
     * @param copyTemperature makes the copy flag a sigmoid
     */
    static RelaxedState of(NDArray x, OptionalDouble copyTemperature) {
        long mask = x.getShape().get(2) - 1;
        NDArray tokens = x.argMax(2);
        NDArray masked = tokens.eq(mask).toType(DataType.FLOAT32, false).expandDims(-1);
        NDArray mass = x.get(new NDIndex("..., {}:", mask));
        NDArray flag = mass.neg().add(1f);
        if (copyTemperature.isPresent()) {
            NDArray scaled = Tensors.scale(flag, 1 / copyTemperature.getAsDouble());
            flag = scaled.getNDArrayInternal().sigmoid();
        }
        return new RelaxedState(x, tokens, masked, mass, flag);
    }
}
