package dev.tiller.zoo.architecture;

import ai.djl.ndarray.types.Shape;
import java.util.Map;

/** The shapes of a weight file by published name, without a common prefix. */
final class WeightShapes {
    private final Map<String, Shape> shapes;

    WeightShapes(Map<String, Shape> shapes) {
        this.shapes = Prefixes.strip(shapes);
    }

    boolean has(String name) {
        return shapes.containsKey(name);
    }

    /** One dimension of a weight that must be there. */
    int size(String name, int axis) {
        Shape shape = shapes.get(name);
        if (shape == null) {
            throw new IllegalArgumentException(
                    "weights must hold " + name + " to tell the architecture's settings, got none");
        }
        if (shape.dimension() <= axis) {
            throw new IllegalArgumentException(
                    name + " must have more than " + axis + " dimensions, got shape " + shape);
        }
        return Math.toIntExact(shape.get(axis));
    }

    /** How many layers there are: counts from 0 to the first number that is not there. */
    int count(String before, String after) {
        int count = 0;
        while (has(before + count + after)) {
            count++;
        }
        return count;
    }
}
