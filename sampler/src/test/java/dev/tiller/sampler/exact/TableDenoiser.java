package dev.tiller.sampler.exact;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Denoiser;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The denoiser of a {@link TableChain}; it remembers what it was asked. */
public final class TableDenoiser implements Denoiser {
    /** One evaluated row. */
    public record Row(int state, double time) {}

    private final TableChain chain;
    private final List<Row> rows = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> calls = Collections.synchronizedList(new ArrayList<>());

    public TableDenoiser(TableChain chain) {
        this.chain = chain;
    }

    @Override
    public NDArray logPosterior(NDArray xt, double[] t) {
        int length = TableChain.LENGTH;
        int width = length * TableChain.LETTERS;
        long[] tokens = xt.toLongArray();
        float[] logs = new float[t.length * width];
        for (int row = 0; row < t.length; row++) {
            int state = TableChain.number(tokens, row * length);
            rows.add(new Row(state, t[row]));
            System.arraycopy(chain.logPosterior(state, t[row]), 0, logs, row * width, width);
        }
        calls.add(t.length);
        return xt.getManager().create(logs, new Shape(t.length, length, TableChain.LETTERS));
    }

    @Override
    public boolean dependsOnTime() {
        return chain.dependsOnTime();
    }

    @Override
    public int cleanTokens() {
        return TableChain.LETTERS;
    }

    /** Returns all rows that were evaluated; in order if there is one thread. */
    public List<Row> rows() {
        return List.copyOf(rows);
    }

    /** Returns the number of rows of each call. */
    public List<Integer> calls() {
        return List.copyOf(calls);
    }
}
