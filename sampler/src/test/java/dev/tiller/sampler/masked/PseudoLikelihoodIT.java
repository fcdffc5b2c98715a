package dev.tiller.sampler.masked;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Conditions;
import dev.tiller.sampler.State;
import java.util.List;
import org.junit.jupiter.api.Test;

class PseudoLikelihoodIT {
    private static final int LETTERS = 3;

    /** Each letter by the denoiser that sees the letters of the other part alone. */
    @Test
    void masksOnePartAtATime() {
        int[] lengths = {5, 3};
        ConditionedDenoiser denoiser = new ConditionedDenoiser(LETTERS, lengths, new int[0]);
        Layouts layouts =
                new Layouts(List.of(Layout.free(5), Layout.free(3)), Conditions.inTurn(2));
        try (NDManager manager = NDManager.newBaseManager()) {
            long[] tokens = {0, 1, 2, 1, 0, 2, 2, 1, 0, 0};
            State x0 = TokenRows.create(tokens, new long[] {4, 7}, new int[2], manager);
            List<double[]> logs = new PseudoLikelihood(denoiser, layouts, 2).evaluate(x0);
            assertEquals(5, logs.get(0).length);
            assertEquals(3, logs.get(1).length);
            long m = LETTERS;
            // the even positions masked, then the odd ones; what is beyond the end stays
            long[] even = {m, 1, m, 1, m, m, 2, m, 0, 0};
            long[] odd = {0, m, 2, m, 0, 2, m, 1, 0, 0};
            float[] forEven = ask(denoiser, even, manager);
            float[] forOdd = ask(denoiser, odd, manager);
            for (int row = 0; row < 2; row++) {
                for (int i = 0; i < logs.get(row).length; i++) {
                    int at = row * 5 + i;
                    float[] all = i % 2 == 0 ? forEven : forOdd;
                    assertEquals(all[at * LETTERS + (int) tokens[at]], logs.get(row)[i]);
                }
            }
        }
        assertThrows(
                IllegalArgumentException.class, () -> new PseudoLikelihood(denoiser, layouts, 1));
    }

    private static float[] ask(ConditionedDenoiser denoiser, long[] tokens, NDManager manager) {
        NDArray xt = manager.create(tokens, new Shape(2, 5));
        return denoiser.given(new int[] {0, 1})
                .logPosterior(xt, new double[] {0.5, 0.5})
                .toFloatArray();
    }
}
