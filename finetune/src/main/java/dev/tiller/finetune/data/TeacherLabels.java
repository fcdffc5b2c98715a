package dev.tiller.finetune.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.zoo.Network;
import dev.tiller.zoo.OneHot;
import java.util.Arrays;

/** Sequences labelled by another network: the data of a distillation. */
public final class TeacherLabels {
    private static final int ROWS = 512;

    private TeacherLabels() {}

    /**
     * Draws sequences of independent, equally likely letters.
     *
     * @param count how many
     * @param length L
     * @param cleanTokens K
     * @param noise the only source of randomness
     * @return token rows
     */
    public static long[][] randomSequences(
            int count, int length, int cleanTokens, Randomness noise) {
        long[][] rows = new long[count][length];
        double[] uniforms = new double[length];
        for (int row = 0; row < count; row++) {
            noise.fill(row, 0, Purpose.TRAINING_INPUT, 0, uniforms);
            for (int i = 0; i < length; i++) {
                rows[row][i] = (int) (uniforms[i] * cleanTokens);
            }
        }
        return rows;
    }

    /**
     * Labels sequences.
     *
     * @param tokens token rows of one length
     * @param teacher a network from one-hot float32 [B, L, K] to [B, outputs]
     * @param output which of its outputs is the label
     * @param cleanTokens K
     * @param manager parent of the managers of all arrays made, on the teacher's device
     * @return the labelled sequences
     */
    public static LabelledTokens label(
            long[][] tokens, Network teacher, int output, int cleanTokens, NDManager manager) {
        double[] labels = new double[tokens.length];
        for (int start = 0; start < tokens.length; start += ROWS) {
            int end = Math.min(tokens.length, start + ROWS);
            long[] flat = Arrays.stream(tokens, start, end).flatMapToLong(Arrays::stream).toArray();
            try (NDManager scope = manager.newSubManager()) {
                NDArray rows = scope.create(flat, new Shape(end - start, tokens[0].length));
                NDArray all = teacher.run(OneHot.encode(rows, cleanTokens));
                float[] column = all.get(":, " + output).toFloatArray();
                for (int i = 0; i < column.length; i++) {
                    labels[start + i] = column[i];
                }
            }
        }
        return new LabelledTokens(tokens, labels);
    }
}
