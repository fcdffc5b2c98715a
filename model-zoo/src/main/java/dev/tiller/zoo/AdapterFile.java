package dev.tiller.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tiller.zoo.architecture.LowRank;
import dev.tiller.zoo.architecture.LowRankAdapters;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Low-rank adapters in a file of their own, {@code adapter.safetensors}, a small fraction of the
 * model's.
 *
 * <p>Names and shapes are those of the PEFT library: {@code base_model.model.LAYER.lora_A.weight}
 * is [r, in] for a matrix and [r, in, k] for a convolution, {@code lora_B} is [out, r] or [out, r,
 * 1]. The header says architecture, rank, alpha and the expressions that chose the layers, and so
 * holds all that is needed to use the file.
 */
public final class AdapterFile {
    /** The usual name of the file. */
    public static final String NAME = "adapter.safetensors";

    private static final String PREFIX = "base_model.model.";
    private static final String SUFFIX = ".weight";
    private static final String ARCHITECTURE = "architecture";
    private static final String RANK = "rank";
    private static final String ALPHA = "alpha";
    private static final String LAYERS = "layers";
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private AdapterFile() {}

    /**
     * Writes the adapters of a block.
     *
     * @param file the file to create or replace
     * @param block a block with adapters that have weights
     * @throws IOException if the file cannot be written
     * @throws IllegalStateException if there are no adapters
     */
    public static void write(Path file, NamedBlock block) throws IOException {
        LowRankAdapters adapters =
                block.adapters()
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                block.architecture()
                                                        + " has no adapters to write"));
        Map<String, String> header =
                Map.of(
                        "format",
                        "pt",
                        ARCHITECTURE,
                        block.architecture(),
                        RANK,
                        Integer.toString(adapters.options().rank()),
                        ALPHA,
                        Double.toString(adapters.options().alpha()),
                        LAYERS,
                        JSON.writeValueAsString(adapters.options().layers()));
        Map<String, Shape> shapes = shapes(adapters);
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        try {
            adapters.weights()
                    .forEach(
                            (name, array) ->
                                    tensors.put(
                                            PREFIX + name + SUFFIX,
                                            array.stopGradient().reshape(shapes.get(name))));
            SafeTensors.write(file, tensors, header);
        } finally {
            tensors.values().forEach(NDArray::close);
        }
    }

    /** The shapes in files: the matrices of a convolution's adapter have its number of axes. */
    private static Map<String, Shape> shapes(LowRankAdapters adapters) {
        int rank = adapters.options().rank();
        Map<String, Shape> shapes = new LinkedHashMap<>();
        adapters.adapted()
                .forEach(
                        (name, shape) -> {
                            long[] a = shape.getShape().clone();
                            long[] b = new long[a.length];
                            Arrays.fill(b, 1);
                            b[0] = a[0];
                            b[1] = rank;
                            a[0] = rank;
                            shapes.put(LowRankAdapters.nameOfA(name), new Shape(a));
                            shapes.put(LowRankAdapters.nameOfB(name), new Shape(b));
                        });
        return shapes;
    }

    /**
     * Adapts a block by a file.
     *
     * @param file what {@link #write} wrote
     * @param block the network that was adapted, without adapters, its weights loaded or not
     * @param owner owner of the adapters' weights, on the device on which the block will run
     * @return the adapters; {@link LowRankAdapters#merge} makes them part of the weights
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if the file holds no adapters, or those of another network;
     *     the block then has none
     */
    public static LowRankAdapters load(Path file, NamedBlock block, NDManager owner)
            throws IOException {
        try (NDManager scope = owner.newSubManager();
                WeightFile read = SafeTensors.read(file, scope)) {
            LowRank options = options(file, read.metadata());
            String architecture = read.metadata().get(ARCHITECTURE);
            if (!block.architecture().equals(architecture)) {
                throw misfit(
                        file,
                        "is for architecture " + architecture + ", got " + block.architecture());
            }
            LowRankAdapters adapters = block.adapt(options);
            try {
                adapters.load(matrices(file, read.tensors(), adapters), owner);
                return adapters;
            } catch (IllegalArgumentException e) {
                adapters.drop();
                throw e;
            }
        }
    }

    private static Map<String, NDArray> matrices(
            Path file, Map<String, NDArray> tensors, LowRankAdapters adapters) {
        Map<String, Shape> shapes = shapes(adapters);
        List<String> misfits = new ArrayList<>();
        Map<String, NDArray> matrices = new LinkedHashMap<>();
        shapes.forEach(
                (name, shape) -> {
                    NDArray array = tensors.get(PREFIX + name + SUFFIX);
                    if (array == null || !array.getShape().equals(shape)) {
                        misfits.add(
                                name
                                        + " must have shape "
                                        + shape
                                        + ", got "
                                        + (array == null ? "none" : array.getShape()));
                    } else {
                        matrices.put(name, array.reshape(shape.get(0), -1));
                    }
                });
        if (!misfits.isEmpty() || tensors.size() != shapes.size()) {
            throw misfit(
                    file,
                    "is for a network of other shapes: "
                            + (misfits.isEmpty()
                                    ? "it holds "
                                            + tensors.size()
                                            + " matrices, this one needs "
                                            + shapes.size()
                                    : misfits.get(0)
                                            + (misfits.size() > 1
                                                    ? ", and " + (misfits.size() - 1) + " others"
                                                    : "")));
        }
        return matrices;
    }

    private static LowRank options(Path file, Map<String, String> header) {
        try {
            return new LowRank(
                    Integer.parseInt(header.get(RANK)),
                    Double.parseDouble(header.getOrDefault(ALPHA, "")),
                    List.of(JSON.readValue(header.getOrDefault(LAYERS, ""), String[].class)));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    file
                            + " must be a file of adapters, with rank, alpha and layers in its"
                            + " header, got "
                            + header,
                    e);
        }
    }

    private static IllegalArgumentException misfit(Path file, String what) {
        return new IllegalArgumentException(
                "adapter " + file + " " + what + "; load it onto the model that it was trained on");
    }
}
