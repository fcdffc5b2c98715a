package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import dev.tiller.zoo.architecture.NamedBlock;
import java.util.Map;
import java.util.Objects;

/** A network on DJL's engine; its parameters are frozen and what depends on them alone is kept. */
public final class BlockSession implements InferenceSession {
    private final NamedBlock block;
    private final NDManager manager;

    /**
     * Copies weights to a device and freezes them.
     *
     * @param block the architecture; from now on owned by this session
     * @param weights its weights, float32 arrays by published name; not kept
     * @param device the device to run on
     * @throws IllegalArgumentException if the weights do not fit
     */
    public BlockSession(NamedBlock block, Map<String, NDArray> weights, Device device) {
        this.block = Objects.requireNonNull(block);
        this.manager = NDManager.newBaseManager(device);
        try {
            block.load(weights, manager);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
        block.freezeParameters(true);
        block.fold(manager);
    }

    /**
     * Returns the architecture with its weights.
     *
     * @return the block, still owned by this session
     */
    public NamedBlock block() {
        return block;
    }

    @Override
    public NDList run(NDList inputs) {
        return block.forward(new ParameterStore(manager, false), inputs, false, null);
    }

    @Override
    public Device device() {
        return manager.getDevice();
    }

    @Override
    public boolean carriesGradients() {
        return true;
    }

    @Override
    public Backend backend() {
        return Backend.PYTORCH;
    }

    @Override
    public void close() {
        manager.close();
    }
}
