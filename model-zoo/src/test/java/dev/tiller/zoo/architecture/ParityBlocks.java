package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.weights.SafeTensors;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The networks of parity cases, and arrays of the cases on the engine. */
final class ParityBlocks {
    private static final int LETTERS = 4;
    private static final int KERNEL = 5;
    private static final int MLP_RATIO = 4;

    private ParityBlocks() {}

    /** What case.json says; dropout, which no case has, is 0. */
    static DnaConv.Config dnaConv(ParityCase parity) {
        JsonNode config = parity.config();
        int tokens = (int) parity.shape("in.soft")[2] - 1;
        return new DnaConv.Config(
                config.get("hidden").asInt(),
                config.get("stacks").asInt(),
                tokens,
                config.path("num_cls").asInt(),
                config.path("classifier").asBoolean(),
                0);
    }

    static ConvGru.Config convGru(ParityCase parity) {
        JsonNode config = parity.config();
        // the two references switch batch norm and residual connections on or off together
        boolean norm = config.path("norm").asBoolean();
        return new ConvGru.Config(
                config.get("ch").asInt(),
                config.get("stem_k").asInt(),
                KERNEL,
                config.get("n_conv").asInt(),
                config.get("tasks").asInt(),
                norm,
                norm,
                0);
    }

    static Enformer.Config enformer(ParityCase parity) {
        JsonNode config = parity.config();
        return new Enformer.Config(
                Enformer.Config.channels(
                        config.get("channels").asInt(),
                        config.get("n_conv").asInt(),
                        config.get("div").asInt()),
                config.get("n_tr").asInt(),
                config.get("heads").asInt(),
                config.get("key_len").asInt(),
                config.get("tasks").asInt(),
                0,
                0,
                0);
    }

    static Dit.Config dit(ParityCase parity) {
        JsonNode config = parity.config();
        return new Dit.Config(
                config.get("hidden").asInt(),
                config.get("cond").asInt(),
                config.get("blocks").asInt(),
                config.get("heads").asInt(),
                MLP_RATIO,
                config.get("V").asInt(),
                0);
    }

    static void load(ParityCase parity, NamedBlock block, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            block.load(
                    SafeTensors.read(parity.file("weights.safetensors"), scope).tensors(), manager);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static NDList forward(NamedBlock block, NDArray... inputs) {
        ParameterStore store = new ParameterStore(inputs[0].getManager(), false);
        return block.forward(store, new NDList(inputs), false);
    }

    /** The edge features of the first layers of ProteinMPNN. */
    static NDArray edges(NamedBlock block, NDArray coordinates, Neighbours near, NDArray offsets) {
        Layers layers =
                new Layers(
                        block.getDirectParameters(),
                        new ParameterStore(coordinates.getManager(), false),
                        coordinates.getDevice(),
                        false,
                        null,
                        null,
                        null);
        return ProteinFeatures.edges(layers, coordinates, near, offsets);
    }

    /** gReLU takes [B, 4, L], SVDD and these networks [B, L, 4]. */
    static NDArray positionsFirst(NDArray x) {
        return x.getShape().get(2) == LETTERS ? x : x.transpose(0, 2, 1);
    }

    static NDArray floats(ParityCase parity, String name, NDManager manager) {
        return manager.create(parity.floats(name), new Shape(parity.shape(name)));
    }

    static NDArray longs(ParityCase parity, String name, NDManager manager) {
        return manager.create(parity.longs(name), new Shape(parity.shape(name)));
    }
}
