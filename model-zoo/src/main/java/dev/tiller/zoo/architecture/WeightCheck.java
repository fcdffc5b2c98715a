package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Compares given weights with what an architecture needs.
 *
 * @param architecture the name to use in complaints
 * @param shapes the shapes of all parameters by name
 * @param tables the parameters among them whose elements are constants; they may be left out
 */
record WeightCheck(String architecture, Map<String, Shape> shapes, Map<String, float[]> tables) {
    // files may hold a table in half precision
    private static final double TABLE_TOLERANCE = 1e-2;

    /** Throws IllegalArgumentException listing all misfits. */
    void require(Map<String, NDArray> given, Predicate<String> ignored) {
        List<String> missing = new ArrayList<>();
        List<String> misshapen = new ArrayList<>();
        shapes.forEach(
                (name, shape) -> {
                    NDArray array = given.get(name);
                    if (array == null) {
                        if (!tables.containsKey(name)) {
                            missing.add(name);
                        }
                    } else if (!array.getShape().equals(shape)
                            || array.getDataType() != DataType.FLOAT32) {
                        String got = array.getDataType() + " " + array.getShape();
                        misshapen.add(name + " must be float32 " + shape + ", got " + got);
                    }
                });
        TreeSet<String> unexpected = new TreeSet<>(given.keySet());
        unexpected.removeAll(shapes.keySet());
        unexpected.removeIf(ignored);
        List<String> complaints = new ArrayList<>();
        if (!missing.isEmpty()) {
            complaints.add("missing " + missing);
        }
        if (!unexpected.isEmpty()) {
            complaints.add("unexpected " + unexpected);
        }
        if (!misshapen.isEmpty()) {
            complaints.add("misshapen " + misshapen);
        }
        if (!complaints.isEmpty()) {
            throw misfit(String.join("; ", complaints));
        }
        requireFinite(given);
        tables.forEach((name, elements) -> requireTable(name, elements, given.get(name)));
    }

    /** One sum tells of most arrays that they are finite; only the others are looked through. */
    private void requireFinite(Map<String, NDArray> given) {
        List<String> broken = new ArrayList<>();
        for (String name : shapes.keySet()) {
            NDArray array = given.get(name);
            if (array == null || array.size() == 0) {
                continue;
            }
            try (NDArray sum = array.sum()) {
                if (!Float.isFinite(sum.getFloat()) && !allFinite(array.toFloatArray())) {
                    broken.add(name);
                }
            }
        }
        if (!broken.isEmpty()) {
            throw misfit(
                    "weights must be finite, got NaN or infinity in "
                            + broken.size()
                            + " arrays, the first "
                            + broken.get(0));
        }
    }

    private static boolean allFinite(float[] elements) {
        for (float element : elements) {
            if (!Float.isFinite(element)) {
                return false;
            }
        }
        return true;
    }

    private void requireTable(String name, float[] elements, NDArray given) {
        float[] found = given == null ? elements : given.toFloatArray();
        for (int i = 0; i < elements.length; i++) {
            double difference = Math.abs((double) found[i] - elements[i]);
            if (!(difference <= TABLE_TOLERANCE * Math.abs(elements[i]))) {
                throw misfit(name + "[" + i + "] must be " + elements[i] + ", got " + found[i]);
            }
        }
    }

    private IllegalArgumentException misfit(String what) {
        return new IllegalArgumentException("weights do not fit " + architecture + ": " + what);
    }
}
