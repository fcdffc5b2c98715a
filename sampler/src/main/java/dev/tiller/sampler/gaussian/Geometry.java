package dev.tiller.sampler.gaussian;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.State;
import dev.tiller.sampler.gaussian.Component.Layout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How the arrays of a state lie in host memory: a particle's row is its components one after the
 * other, each in row-major order. A graph's mask is kept apart.
 */
final class Geometry {
    private final List<Component> components;
    private final int[] offsets;
    private final int nodes;

    Geometry(List<Component> components) {
        this.components = List.copyOf(components);
        this.offsets = new int[components.size() + 1];
        Set<String> names = new HashSet<>();
        int found = 0;
        for (int c = 0; c < components.size(); c++) {
            Component component = components.get(c);
            if (!names.add(component.name())) {
                throw new IllegalArgumentException(
                        "components must have different names, got two of '"
                                + component.name()
                                + "'");
            }
            offsets[c + 1] = offsets[c] + Math.toIntExact(component.shape().size());
            if (component.layout() != Layout.PLAIN) {
                found = nodes(component, found);
            }
        }
        if (offsets[components.size()] == 0) {
            throw new IllegalArgumentException("components must have at least one entry, got none");
        }
        this.nodes = found;
    }

    private static int nodes(Component component, int before) {
        Shape shape = component.shape();
        boolean square = shape.dimension() == 2 && shape.get(0) == shape.get(1);
        boolean fits = component.layout() == Layout.PAIRS ? square : shape.dimension() == 2;
        int own = fits ? (int) shape.get(0) : -1;
        if (own < 1 || (before != 0 && own != before)) {
            throw new IllegalArgumentException(
                    "component '"
                            + component.name()
                            + "' must have a shape of "
                            + (component.layout() == Layout.PAIRS ? "[N, N]" : "[N, F]")
                            + ", N being the same in all components, got "
                            + shape);
        }
        return own;
    }

    List<Component> components() {
        return components;
    }

    /** Returns N, or 0 if no component is part of a graph. */
    int nodes() {
        return nodes;
    }

    /** Returns the length of a row. */
    int width() {
        return offsets[components.size()];
    }

    int offset(int component) {
        return offsets[component];
    }

    /** Returns the free coordinates of a row with the given mask, null where there is no graph. */
    Entries entries(float[] mask) {
        int[] coordinates = new int[width()];
        int[] mirrors = new int[width()];
        int[] ends = new int[components.size()];
        int count = 0;
        for (int c = 0; c < components.size(); c++) {
            Layout layout = components.get(c).layout();
            int size = offsets[c + 1] - offsets[c];
            int columns = layout == Layout.PLAIN ? size : size / nodes;
            for (int i = 0; i < size; i++) {
                int row = i / columns;
                int column = i % columns;
                boolean pair = layout == Layout.PAIRS;
                boolean free =
                        layout == Layout.PLAIN
                                || (mask[row] != 0
                                        && (!pair || (row < column && mask[column] != 0)));
                if (free) {
                    coordinates[count] = offsets[c] + i;
                    mirrors[count] = pair ? offsets[c] + column * columns + row : -1;
                    count++;
                }
            }
            ends[c] = count;
        }
        return new Entries(Arrays.copyOf(coordinates, count), Arrays.copyOf(mirrors, count), ends);
    }

    /** Copies a state to host memory. */
    StateRows read(State x) {
        float[][] values = new float[x.rows()][width()];
        for (int c = 0; c < components.size(); c++) {
            Component component = components.get(c);
            NDArray array = x.array(c);
            Shape shape = new Shape(x.rows()).addAll(component.shape());
            if (!shape.equals(array.getShape())) {
                throw new IllegalArgumentException(
                        "component '"
                                + component.name()
                                + "' must have shape "
                                + shape
                                + ", got "
                                + array.getShape());
            }
            float[] all = array.toFloatArray();
            int size = offsets[c + 1] - offsets[c];
            for (int row = 0; row < values.length; row++) {
                System.arraycopy(all, row * size, values[row], offsets[c], size);
            }
        }
        float[][] masks = new float[x.rows()][nodes];
        if (nodes > 0) {
            float[] all = x.array(components.size()).toFloatArray();
            for (int row = 0; row < masks.length; row++) {
                System.arraycopy(all, row * nodes, masks[row], 0, nodes);
            }
        }
        return new StateRows(this, values, masks, x.sampleIds(), x.chains());
    }

    /** Copies rows to arrays, the mask last if there is one. */
    NDList upload(float[][] values, float[][] masks, NDManager manager) {
        NDList arrays = upload(Arrays.asList(values), manager);
        if (nodes > 0) {
            float[] all = new float[masks.length * nodes];
            for (int row = 0; row < masks.length; row++) {
                System.arraycopy(masks[row], 0, all, row * nodes, nodes);
            }
            arrays.add(manager.create(all, new Shape(masks.length, nodes)));
        }
        return arrays;
    }

    /** Copies rows to one array for each component. */
    NDList upload(List<float[]> rows, NDManager manager) {
        NDList arrays = new NDList(components.size() + 1);
        for (int c = 0; c < components.size(); c++) {
            int size = offsets[c + 1] - offsets[c];
            float[] all = new float[rows.size() * size];
            for (int row = 0; row < rows.size(); row++) {
                System.arraycopy(rows.get(row), offsets[c], all, row * size, size);
            }
            Shape shape = new Shape(rows.size()).addAll(components.get(c).shape());
            arrays.add(manager.create(all, shape));
        }
        return arrays;
    }

    /** Copies one array for each component to rows. */
    List<float[]> download(NDList arrays, int count) {
        List<float[]> rows = new ArrayList<>(count);
        for (int row = 0; row < count; row++) {
            rows.add(new float[width()]);
        }
        for (int c = 0; c < components.size(); c++) {
            Shape shape = new Shape(count).addAll(components.get(c).shape());
            if (arrays.size() != components.size() || !shape.equals(arrays.get(c).getShape())) {
                throw new IllegalStateException(
                        "the network must return one array for each component, of its shape; '"
                                + components.get(c).name()
                                + "' has "
                                + shape
                                + ", got "
                                + arrays.getShapes().length
                                + " arrays of shapes "
                                + Arrays.toString(arrays.getShapes()));
            }
            float[] all = arrays.get(c).toFloatArray();
            int size = offsets[c + 1] - offsets[c];
            for (int row = 0; row < count; row++) {
                System.arraycopy(all, row * size, rows.get(row), offsets[c], size);
            }
        }
        return rows;
    }
}
