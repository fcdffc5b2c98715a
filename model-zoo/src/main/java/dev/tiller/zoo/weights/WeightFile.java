package dev.tiller.zoo.weights;

import ai.djl.ndarray.NDArray;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The contents of a weight file. Whoever read it closes it, or the manager it was read into.
 *
 * @param tensors the arrays by name, in the order of the file; not to be modified
 * @param metadata the text entries of the file; not to be modified
 */
public record WeightFile(Map<String, NDArray> tensors, Map<String, String> metadata)
        implements AutoCloseable {

    /** Copies both maps, keeping their order; the arrays themselves are not copied. */
    public WeightFile {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** Frees the arrays. */
    @Override
    public void close() {
        tensors.values().forEach(NDArray::close);
    }
}
