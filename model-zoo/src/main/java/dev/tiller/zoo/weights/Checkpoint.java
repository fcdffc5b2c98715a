package dev.tiller.zoo.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A file of weights: safetensors, or what {@code torch.save} and Lightning write. Elements are read
 * from the file when they are asked for; files may be larger than 2 GB, each tensor may not.
 *
 * <p>Safe for files that are not to be trusted: nothing in them is executed.
 */
public final class Checkpoint implements AutoCloseable {
    private static final long SPARE_BYTES = 1 << 24;
    private static final int MOST_SHARING = 4;

    private final Path file;
    private final TorchArchive archive;
    private final TorchContainer container;

    private Checkpoint(Path file, TorchArchive archive, TorchContainer container) {
        this.file = file;
        this.archive = archive;
        this.container = container;
    }

    /**
     * Opens a file.
     *
     * @param file the file
     * @return the checkpoint, closed by the caller
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is malformed or of another format
     */
    public static Checkpoint open(Path file) throws IOException {
        WeightFormat format = WeightFormat.detect(file);
        switch (format) {
            case SAFETENSORS -> {
                return new Checkpoint(file, null, null);
            }
            case TORCH_ZIP -> {
                TorchArchive archive = TorchArchive.open(file);
                try {
                    Object root = Unpickler.read(file.toString(), archive.pickle());
                    return new Checkpoint(file, archive, new TorchContainer(file, root));
                } catch (IOException | RuntimeException e) {
                    archive.close();
                    throw e;
                }
            }
            case TORCH_LEGACY ->
                    throw new IllegalArgumentException(
                            file
                                    + " must be of PyTorch 1.6 or later, got the format before it;"
                                    + " load it in PyTorch and save it again with torch.save(...,"
                                    + " _use_new_zipfile_serialization=True)");
            default ->
                    throw new IllegalArgumentException(
                            file
                                    + " must be a file of weights, safetensors or torch.save, got "
                                    + (format == WeightFormat.UNKNOWN ? "something else" : format));
        }
    }

    /**
     * Returns the keys under which a checkpoint holds weights.
     *
     * @return the keys, with dots between nested ones; empty for a file that is weights alone
     */
    public List<String> sections() {
        return container == null ? List.of() : container.sections();
    }

    /**
     * Returns what else the checkpoint tells in a word or a number, such as the epoch.
     *
     * @return the entries by name
     */
    public Map<String, String> metadata() {
        if (container != null) {
            return container.metadata();
        }
        try {
            return new TreeMap<>(SafeTensors.header(file).metadata());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /**
     * Returns all words and numbers in the dictionaries of a checkpoint.
     *
     * @return texts, whole numbers (Long), numbers (Double) and truth values by key, with dots
     *     between nested keys; none for safetensors
     */
    public Map<String, Object> settings() {
        return container == null ? Map.of() : container.settings();
    }

    /**
     * Returns the shapes of the weights.
     *
     * @param selection which weights
     * @return the shapes by name, prefixes dropped
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if there are no such weights
     */
    public Map<String, Shape> shapes(Selection selection) throws IOException {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        if (container == null) {
            SafeTensors.header(file)
                    .entries()
                    .forEach((name, entry) -> shapes.put(name, entry.shape()));
            return StateDicts.select(file, shapes, selection.prefix());
        }
        container
                .select(
                        new Selection(
                                Selection.Source.RAW, selection.section(), selection.prefix()))
                .forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return shapes;
    }

    /**
     * Reads the weights.
     *
     * @param selection which weights
     * @param trainable the names of the trained parameters in the order of the network, prefixes
     *     dropped; needed for averages without names
     * @param manager owner of the arrays
     * @return the weights by name, prefixes dropped, 64-bit floats as 32-bit ones; and {@link
     *     #metadata()}
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if there are no such weights or they are malformed
     */
    public WeightFile read(Selection selection, List<String> trainable, NDManager manager)
            throws IOException {
        if (container == null) {
            if (selection.source() == Selection.Source.EMA) {
                throw new IllegalArgumentException(
                        "moving averages of a safetensors file must be in a file of their own, got "
                                + file
                                + "; take the raw weights");
            }
            WeightFile all = SafeTensors.read(file, manager);
            return new WeightFile(
                    StateDicts.select(file, all.tensors(), selection.prefix()), all.metadata());
        }
        Map<String, TorchTensor> chosen = container.select(selection, trainable);
        requireSize(chosen);
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        for (Map.Entry<String, TorchTensor> entry : chosen.entrySet()) {
            NDArray array = entry.getValue().read(entry.getKey(), archive, manager);
            if (array.getDataType() == DataType.FLOAT64) {
                NDArray narrow = array.toType(DataType.FLOAT32, true);
                array.close();
                array = narrow;
            }
            arrays.put(entry.getKey(), array);
        }
        return new WeightFile(arrays, metadata());
    }

    /** Tensors may share storages, but not so that a small file fills the memory. */
    private void requireSize(Map<String, TorchTensor> tensors) throws IOException {
        long bytes = 0;
        for (Map.Entry<String, TorchTensor> entry : tensors.entrySet()) {
            TorchTensor tensor = entry.getValue();
            tensor.check(entry.getKey());
            long width = tensor.storage().type().bytes();
            bytes +=
                    width
                            * IntStream.range(0, tensor.sizes().length)
                                    .mapToLong(axis -> tensor.sizes()[axis])
                                    .reduce(1, (a, b) -> a * b);
        }
        long most = MOST_SHARING * Files.size(file) + SPARE_BYTES;
        if (bytes > most) {
            throw new IllegalArgumentException(
                    "tensors in "
                            + file
                            + " must have at most "
                            + most
                            + " bytes together, got "
                            + bytes
                            + "; too many share one storage");
        }
    }

    /** Closes the file. */
    @Override
    public void close() throws IOException {
        if (archive != null) {
            archive.close();
        }
    }
}
