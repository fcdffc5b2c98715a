package dev.tiller.sampler.gaussian;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.State;
import dev.tiller.sampler.numerics.Normals;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;

/** The particles of a Gaussian state in host memory. */
final class StateRows {
    private final Geometry geometry;
    private final float[][] values;
    private final float[][] masks;
    private final long[] sampleIds;
    private final int[] chains;
    private final Entries[] entries;

    StateRows(
            Geometry geometry, float[][] values, float[][] masks, long[] sampleIds, int[] chains) {
        this.geometry = geometry;
        this.values = values;
        this.masks = masks;
        this.sampleIds = sampleIds;
        this.chains = chains;
        this.entries = new Entries[values.length];
        for (int row = 0; row < values.length; row++) {
            boolean same = row > 0 && Arrays.equals(masks[row], masks[row - 1]);
            entries[row] = same ? entries[row - 1] : geometry.entries(masks[row]);
        }
    }

    int count() {
        return values.length;
    }

    float[] row(int row) {
        return values[row];
    }

    Entries entries(int row) {
        return entries[row];
    }

    int chain(int row) {
        return chains[row];
    }

    /** Draws {@code parts} normals for each free coordinate of a row, part by part. */
    double[] normals(int row, int parts, int step, Purpose purpose, int number, Randomness noise) {
        double[] normals = new double[Normals.uniforms(parts * entries[row].count())];
        noise.fill(sampleIds[row], step, purpose, number, normals);
        Normals.toNormals(normals);
        return normals;
    }

    /** The mean of a row's number before noise is added. */
    @FunctionalInterface
    interface Mean {
        double at(int row, int component, int coordinate);
    }

    /**
     * Where the noise of each row comes from.
     *
     * @param number the candidate part of a row's address
     */
    record Address(Purpose purpose, int step, IntUnaryOperator number, Randomness noise) {}

    /** Makes a state like this of means and independent noise at each free coordinate. */
    State draw(Address address, Mean mean, IntToDoubleFunction std, NDManager manager) {
        float[][] rows = new float[values.length][geometry.width()];
        for (int row = 0; row < rows.length; row++) {
            int number = address.number().applyAsInt(row);
            double[] z =
                    normals(row, 1, address.step(), address.purpose(), number, address.noise());
            Entries own = entries[row];
            for (int c = 0; c < own.ends().length; c++) {
                double size = std.applyAsDouble(c);
                for (int e = own.start(c); e < own.ends()[c]; e++) {
                    double value = mean.at(row, c, own.coordinates()[e]) + size * z[e];
                    own.put(rows[row], e, (float) value);
                }
            }
        }
        return create(rows, 1, manager);
    }

    /** Makes a state like this of other numbers. */
    State map(Mean mean, NDManager manager) {
        float[][] rows = new float[values.length][geometry.width()];
        for (int row = 0; row < rows.length; row++) {
            float[] out = rows[row];
            int own = row;
            forEach(row, (c, e, at) -> entries[own].put(out, e, (float) mean.at(own, c, at)));
        }
        return create(rows, 1, manager);
    }

    /** Something done at each free coordinate. */
    @FunctionalInterface
    interface Visitor {
        void visit(int component, int entry, int coordinate);
    }

    /** Visits the free coordinates of a row. */
    void forEach(int row, Visitor visitor) {
        Entries own = entries[row];
        for (int c = 0; c < own.ends().length; c++) {
            for (int e = own.start(c); e < own.ends()[c]; e++) {
                visitor.visit(c, e, own.coordinates()[e]);
            }
        }
    }

    /** Copies another state of the same process to host memory. */
    StateRows readLike(State other) {
        return geometry.read(other);
    }

    /**
     * Makes a state of other rows.
     *
     * @param rows {@code repeats} rows for each particle, in a row
     */
    State create(float[][] rows, int repeats, NDManager manager) {
        float[][] repeated = new float[rows.length][];
        long[] ids = new long[rows.length];
        int[] numbers = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            repeated[i] = masks[i / repeats];
            ids[i] = sampleIds[i / repeats];
            numbers[i] = chains[i / repeats];
        }
        return new State(geometry.upload(rows, repeated, manager), ids, numbers);
    }

    /** Returns the arrays of some rows. */
    NDList upload(int[] rows, NDManager manager) {
        float[][] some = new float[rows.length][];
        float[][] someMasks = new float[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            some[i] = values[rows[i]];
            someMasks[i] = masks[rows[i]];
        }
        return geometry.upload(some, someMasks, manager);
    }
}
