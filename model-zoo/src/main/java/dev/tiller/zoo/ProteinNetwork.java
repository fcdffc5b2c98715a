package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.sampler.numerics.Scope;
import dev.tiller.sampler.numerics.Tensors;
import dev.tiller.zoo.architecture.ProteinMpnn;
import java.util.Arrays;
import java.util.List;

/**
 * ProteinMPNN for evaluation: what depends on a backbone alone is computed once, on DJL's engine,
 * and what depends on letters on the engine that was asked for. Safe for concurrent calls.
 */
final class ProteinNetwork implements AutoCloseable {
    /** Residues of all rows of a call on the CPU, whose arrays of edges take 8 MB each. */
    static final int RESIDUES_PER_CALL = 512;

    /** On a GPU, where small calls leave the device idle. */
    private static final int RESIDUES_PER_CALL_GPU = 16_384;

    /** Bytes of encoded backbones to keep. */
    private static final long MOST_KEPT = 1L << 29;

    private static final int NEAR = 1;
    private static final int EDGE_MASK = 2;
    private static final int MASK = 4;

    private final Network network;
    private final BlockSession block;
    private final ProteinMpnn.Config config;
    private final Integer label;
    private final int residues;
    private final NDManager manager;
    private final EncodedBackbones encoded;

    private ProteinNetwork(
            Network network, BlockSession block, Integer label, int residues, long mostKept) {
        this.network = network;
        this.block = block;
        this.config = ((ProteinMpnn) block.block()).config();
        this.label = label;
        this.residues = residues;
        this.manager = NDManager.newBaseManager(block.device());
        this.encoded = new EncodedBackbones(manager, this::encode, mostKept);
    }

    static ProteinNetwork open(ModelDirectory model, Backend backend, Device device) {
        int residues = device.isGpu() ? RESIDUES_PER_CALL_GPU : RESIDUES_PER_CALL;
        return open(model, backend, device, residues, MOST_KEPT);
    }

    static ProteinNetwork open(
            ModelDirectory model, Backend backend, Device device, int residues, long mostKept) {
        ModelConfig config = model.config();
        if (!isProtein(config)) {
            throw new IllegalArgumentException(
                    "model '"
                            + config.name()
                            + "' must be of architecture "
                            + ProteinMpnn.NAME
                            + " to read backbones, got "
                            + config.architecture());
        }
        Network network = model.network(backend, device);
        try {
            BlockSession block =
                    network.session() instanceof BlockSession own
                            ? own
                            : Inference.block(model, network.device());
            return new ProteinNetwork(network, block, config.label(), residues, mostKept);
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    static boolean isProtein(ModelConfig config) {
        return config.architecture().equals(ProteinMpnn.NAME);
    }

    ProteinMpnn.Config config() {
        return config;
    }

    /** Residues of all rows of a call on this device. */
    int residuesPerCall() {
        return residues;
    }

    Network network() {
        return network;
    }

    /** A manager on the device of the arrays, closed by the caller. */
    NDManager newManager() {
        return manager.newSubManager();
    }

    /** Plans calls; the bytes of a row depend on it and its backbone alone. */
    List<ProteinCall> plan(List<Backbone> backbones) {
        return ProteinCall.plan(backbones, residues);
    }

    /**
     * Evaluates one call.
     *
     * @param call as {@link #plan} made it
     * @param letters tokens, int64 [B, L], or soft tokens, float32 [B, L, V], L the length of the
     *     backbone; for an autoregressive network then the order, int64 [B, L]
     * @return logits, float32 [B, L, V], or scores, float32 [B, 1]
     */
    NDArray run(ProteinCall call, NDArray... letters) {
        return run(network.session(), call, letters);
    }

    /** As {@link #run}, on DJL's engine, within a gradient. */
    NDArray differentiable(ProteinCall call, NDArray x) {
        return run(block, call, new NDArray[] {x});
    }

    private NDArray run(InferenceSession session, ProteinCall call, NDArray[] letters) {
        return encoded.read(
                call.backbone(),
                structure -> {
                    NDList inputs = new NDList(letters[0]);
                    inputs.addAll(structure);
                    if (config.autoregressive()) {
                        inputs.add(letters[1]);
                    }
                    if (config.classes() > 0) {
                        inputs.add(labels(call.rows().length, letters[0].getManager()));
                    }
                    return session.run(inputs).singletonOrThrow();
                });
    }

    private NDArray labels(int rows, NDManager owner) {
        long[] labels = new long[rows];
        Arrays.fill(labels, label);
        return Tensors.create(owner, labels, new Shape(rows));
    }

    /** Nodes, edges, the neighbours of all rows of a call, and the masks. */
    private NDList encode(Backbone backbone, NDManager owner) {
        int length = backbone.length();
        BackboneGraph graph = BackboneGraph.of(backbone, config.neighbours());
        try (Scope scope = Scope.of(owner)) {
            NDList inputs = BackboneGraph.batch(List.of(graph), length, scope.manager());
            NDArray near = inputs.get(NEAR);
            NDArray edgeMask = inputs.get(EDGE_MASK);
            NDArray mask = inputs.get(MASK);
            if (config.classes() > 0) {
                inputs.add(labels(1, scope.manager()));
            }
            NDList structure = block.run(inputs);
            int rows = Math.max(1, residues / length);
            long[] starts = new long[rows];
            Arrays.setAll(starts, i -> (long) i * length);
            NDArray offsets = Tensors.create(scope.manager(), starts, new Shape(rows, 1, 1));
            return scope.give(
                    new NDList(
                            structure.get(0), structure.get(1), near.add(offsets), edgeMask, mask));
        }
    }

    @Override
    public void close() {
        encoded.close();
        manager.close();
        if (network.session() != block) {
            block.close();
        }
        network.close();
    }
}
