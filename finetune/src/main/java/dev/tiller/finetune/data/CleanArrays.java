package dev.tiller.finetune.data;

import java.util.Arrays;
import java.util.List;

/**
 * Clean examples of a Gaussian diffusion: the arrays of its components, and for graphs the number
 * of nodes.
 *
 * @param components for each component and row the elements in row-major order; not copied
 * @param nodes for each row how many nodes exist, the first ones of the arrays; null unless graphs
 */
public record CleanArrays(List<float[][]> components, int[] nodes) {
    /** Checks that all parts have the same number of rows. */
    public CleanArrays {
        components = List.copyOf(components);
        int rows = components.get(0).length;
        for (float[][] component : components) {
            requireRows("components", rows, component.length);
        }
        if (nodes != null) {
            requireRows("nodes", rows, nodes.length);
        }
    }

    private static void requireRows(String name, int rows, int got) {
        if (got != rows) {
            throw new IllegalArgumentException(
                    name + " must have a row for each of " + rows + " examples, got " + got);
        }
    }

    /**
     * Returns the number of examples.
     *
     * @return rows
     */
    public int size() {
        return components.get(0).length;
    }

    /**
     * Returns some of the examples.
     *
     * @param rows which, in this order
     * @return these rows; the arrays are shared
     */
    public CleanArrays select(int[] rows) {
        List<float[][]> selected =
                components.stream()
                        .map(
                                all ->
                                        Arrays.stream(rows)
                                                .mapToObj(i -> all[i])
                                                .toArray(float[][]::new))
                        .toList();
        int[] sizes = nodes == null ? null : Arrays.stream(rows).map(i -> nodes[i]).toArray();
        return new CleanArrays(selected, sizes);
    }

    /**
     * Counts the graphs of each size.
     *
     * @param most N
     * @return how many have 1, 2, ... N nodes
     */
    public List<Double> sizes(int most) {
        double[] counts = new double[most];
        for (int size : nodes) {
            counts[size - 1]++;
        }
        return Arrays.stream(counts).boxed().toList();
    }
}
