package dev.tiller.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import org.junit.jupiter.api.Test;

class LocalAlignmentTest {
    private static final String LETTERS = "ACDEFGHIKLMNPQRSTVWY";

    @Test
    void scoresByBlosum62() {
        // the diagonal: W 11, C 9, H and N 8 and 6
        assertEquals(11 + 9 + 8 + 6, LocalAlignment.of("WCHN", "WCHN").score());
        // K for R and I for V: 2 and 3
        assertEquals(11 + 2 + 3 + 11, LocalAlignment.of("WKIW", "WRVW").score());
        LocalAlignment none = LocalAlignment.of("WWW", "GGG");
        assertEquals(0, none.score());
        assertEquals(0, none.aligned());
    }

    @Test
    void skipsWhatCostsMore() {
        // three letters are left out of the second: 11 + 3
        LocalAlignment gap = LocalAlignment.of("WWWWGGGCCCC", "WWWWCCCC");
        assertEquals(4 * 11 + 4 * 9 - 14, gap.score());
        assertArrayEquals(new int[] {0, 1, 2, 3, -1, -1, -1, 4, 5, 6, 7}, gap.pairs());
        assertEquals(8, gap.identical("WWWWGGGCCCC", "WWWWCCCC"));
        LocalAlignment other = LocalAlignment.of("WWWWCCCC", "WWWWGGGCCCC");
        assertArrayEquals(new int[] {0, 1, 2, 3, 7, 8, 9, 10}, other.pairs());
        // ends that match nothing are no part of it
        LocalAlignment inner = LocalAlignment.of("GGWCHGG", "PPPWCHPP");
        assertArrayEquals(new int[] {-1, -1, 3, 4, 5, -1, -1}, inner.pairs());
    }

    /** The score is that of the pairs and gaps that it tells of. */
    @Test
    void theScoreIsThatOfThePath() {
        for (int i = 0; i < 200; i++) {
            String a = random(2L * i, 40);
            String b = a.substring(5, 15) + random(2L * i + 1, 3) + a.substring(17, 38);
            LocalAlignment alignment = LocalAlignment.of(a, b);
            int[] pairs = alignment.pairs();
            int score = 0;
            int lastA = -1;
            int lastB = -1;
            for (int at = 0; at < pairs.length; at++) {
                if (pairs[at] < 0) {
                    continue;
                }
                score += LocalAlignment.pair(a.charAt(at), b.charAt(pairs[at]));
                if (lastA >= 0) {
                    assertTrue(pairs[at] > lastB);
                    score -= gap(at - lastA - 1) + gap(pairs[at] - lastB - 1);
                }
                lastA = at;
                lastB = pairs[at];
            }
            assertEquals(score, alignment.score());
            assertTrue(alignment.score() > 50, "the shared parts are found");
            assertEquals(alignment.score(), LocalAlignment.of(b, a).score());
        }
    }

    private static int gap(int letters) {
        return letters == 0 ? 0 : 11 + letters;
    }

    private static String random(long row, int length) {
        double[] uniforms = new double[length];
        new Philox(3).fill(row, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        StringBuilder text = new StringBuilder();
        for (double u : uniforms) {
            text.append(LETTERS.charAt((int) (u * LETTERS.length())));
        }
        return text.toString();
    }
}
