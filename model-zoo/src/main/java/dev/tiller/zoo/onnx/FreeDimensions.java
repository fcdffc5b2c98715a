package dev.tiller.zoo.onnx;

import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The dimensions whose size is known only when the graph runs.
 *
 * <p>While tracing, each has a stand-in: a prime far from every size of a real network, so that it
 * is recognised wherever a forward call puts it.
 */
final class FreeDimensions {
    /** Stands for the number of rows. */
    static final long BATCH = 1_000_003;

    /** Stands for the length of the sequences. */
    static final long LENGTH = 100_003;

    private static final long NEAR = 1024;

    private static final Map<Long, String> NAMES = Map.of(BATCH, "batch", LENGTH, "length");

    /** Where in the inputs a free dimension can be read. */
    record Place(String input, int axis) {}

    private final Map<Long, Place> places = new LinkedHashMap<>();

    /** Replaces -1 in the declared shape of an input. */
    static Shape standIns(Shape declared) {
        long[] shape = declared.getShape().clone();
        for (int axis = 0; axis < shape.length; axis++) {
            if (shape[axis] == -1) {
                shape[axis] = axis == 0 ? BATCH : LENGTH;
            }
        }
        return new Shape(shape);
    }

    static boolean isFree(long size) {
        return NAMES.containsKey(size);
    }

    /** Whether a number seems to be computed from a stand-in without being one. */
    static boolean isDerived(long size) {
        for (long standIn : NAMES.keySet()) {
            boolean near = Math.abs(size - standIn) <= NEAR;
            boolean multiple = size != 0 && size % standIn == 0;
            if (size != standIn && (near || multiple)) {
                return !isFree(size);
            }
        }
        return false;
    }

    static boolean anyFree(Shape shape) {
        for (long size : shape.getShape()) {
            if (isFree(size)) {
                return true;
            }
        }
        return false;
    }

    static String name(long size) {
        return NAMES.get(size);
    }

    void declare(String input, Shape shape) {
        for (int axis = 0; axis < shape.dimension(); axis++) {
            if (isFree(shape.get(axis))) {
                places.putIfAbsent(shape.get(axis), new Place(input, axis));
            }
        }
    }

    Place place(long size) {
        return places.get(size);
    }
}
