package dev.tiller.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import dev.tiller.sampler.ValueNetwork;
import dev.tiller.sampler.numerics.Scope;
import java.util.Objects;

/**
 * A network as a value network: one-hot letters in, masked positions all zero; the first output,
 * taken back to the unit of its reward, out. Safe for concurrent calls.
 */
public final class NetworkValue implements ValueNetwork, AutoCloseable {
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
