package dev.tiller.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.DifferentiableValueNetwork;
import dev.tiller.sampler.numerics.Scope;
import java.util.Objects;
import java.util.Optional;

/**
 * A network as a value network: one-hot letters in, masked positions all zero; the first output,
 * taken back to the unit of its reward, out. Safe for concurrent calls.
 */
public final class NetworkValue implements DifferentiableValueNetwork, AutoCloseable {
    private final Network network;
    private final int cleanTokens;
    private final ModelConfig.Target target;

    /**
     * Wraps a network.
     *
     * @param network takes float32 [B, L, K] and gives [B, outputs]; closed with this object
     * @param cleanTokens K
     * @param target how the first output was standardised in training
     */
    public NetworkValue(Network network, int cleanTokens, ModelConfig.Target target) {
        this.network = Objects.requireNonNull(network);
        this.cleanTokens = cleanTokens;
        this.target = Objects.requireNonNull(target);
    }

    @Override
    public NDArray values(NDArray xt) {
        try (Scope scope = Scope.of(xt)) {
            NDArray output = network.run(OneHot.encode(scope.borrow(xt), cleanTokens));
            NDArray first = output.get(new NDIndex(":, 0"));
            return scope.give(first.mul((float) target.std()).add((float) target.mean()));
        }
    }

    @Override
    public NDArray gradients(NDArray relaxed) {
        Shape shape = relaxed.getShape();
        if (relaxed.getDataType() != DataType.FLOAT32
                || shape.dimension() != 3
                || shape.get(2) != cleanTokens + 1) {
            throw new IllegalArgumentException(
                    "relaxed must be float32 [B, L, "
                            + (cleanTokens + 1)
                            + "], got "
                            + relaxed.getDataType()
                            + " "
                            + shape);
        }
        try (Scope scope = Scope.of(relaxed)) {
            NDArray letters = scope.borrow(relaxed).get(new NDIndex("..., :{}", cleanTokens));
            NDArray gradient =
                    network.gradients()
                            .differentiate(
                                    new NDList(letters.duplicate()),
                                    new NDList(),
                                    (outputs, none) -> outputs.head().get(new NDIndex(":, 0")))
                            .get(1);
            NDArray noMask = scope.manager().zeros(new Shape(shape.get(0), shape.get(1), 1));
            return scope.give(gradient.mul((float) target.std()).concat(noMask, 2));
        }
    }

    @Override
    public int cleanTokens() {
        return cleanTokens;
    }

    /** Tells whether there is a gradient: not for an ONNX graph of another program. */
    @Override
    public Optional<DifferentiableValueNetwork> differentiable() {
        return network.hasGradients() ? Optional.of(this) : Optional.empty();
    }

    /**
     * Returns the network.
     *
     * @return the network, still owned by this object
     */
    public Network network() {
        return network;
    }

    /** Frees the weights. */
    @Override
    public void close() {
        network.close();
    }
}
