package dev.tiller.zoo;

import dev.tiller.rewards.protein.Backbone;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One call of a network on designs for one backbone. The number of rows follows from the backbone
 * alone, so that a row is computed alike whatever is asked for beside it.
 *
 * @param backbone the backbone
 * @param rows the numbers of the designs, repeats of the last one at the end
 * @param count how many of them count
 */
record ProteinCall(Backbone backbone, int[] rows, int count) {

    /**
     * Plans calls for designs.
     *
     * @param backbones the backbone of each design
     * @param residues how many residues a call may have, if it has more than one row
     * @return the calls, backbones in the order of their first design
     */
    static List<ProteinCall> plan(List<Backbone> backbones, int residues) {
        Map<Backbone, List<Integer>> groups = new LinkedHashMap<>();
        for (int row = 0; row < backbones.size(); row++) {
            groups.computeIfAbsent(backbones.get(row), b -> new ArrayList<>()).add(row);
        }
        List<ProteinCall> calls = new ArrayList<>();
        groups.forEach(
                (backbone, group) -> {
                    int size = Math.max(1, residues / backbone.length());
                    for (int start = 0; start < group.size(); start += size) {
                        int count = Math.min(size, group.size() - start);
                        int[] rows = new int[size];
                        Arrays.fill(rows, group.get(start + count - 1));
                        for (int i = 0; i < count; i++) {
                            rows[i] = group.get(start + i);
                        }
                        calls.add(new ProteinCall(backbone, rows, count));
                    }
                });
        return calls;
    }

    /**
     * Copies the first {@code width} numbers of each residue of the rows, of {@code length} each.
     */
    float[] cut(float[] all, int length, int width) {
        int size = backbone.length() * width;
        float[] own = new float[rows.length * size];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(all, rows[i] * length * width, own, i * size, size);
        }
        return own;
    }

    /** As {@link #cut}, for tokens. */
    long[] cut(long[] all, int length) {
        int size = backbone.length();
        long[] own = new long[rows.length * size];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(all, rows[i] * length, own, i * size, size);
        }
        return own;
    }

    /** Puts the numbers of the rows that count back to where {@link #cut} had them from. */
    void putBack(float[] own, float[] all, int length, int width) {
        int size = backbone.length() * width;
        for (int i = 0; i < count; i++) {
            System.arraycopy(own, i * size, all, rows[i] * length * width, size);
        }
    }
}
