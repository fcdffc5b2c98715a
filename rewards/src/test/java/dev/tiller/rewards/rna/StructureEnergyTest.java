package dev.tiller.rewards.rna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StructureEnergyTest {

    /** Each sum is by hand, in 1/100 kcal/mol, from the tables of Turner 2004. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "AAAAA | ..... | 0",
                // NNDB's example of a hairpin of 6: stacks CA AC CA, first mismatch AU with A and A
                "CACAAAAAAAUGUG | ((((......)))) | -210 - 220 - 210 + 540 - 30",
                // three bases: no mismatch, but the end of the helix counts
                "GGGAAACCC | (((...))) | -330 - 330 + 540",
                "GGAAAAUCC | (((...))) | -330 - 240 + 540 + 50",
                // hairpins that the rules miss
                "GGCUUCGGCC | (((....))) | -330 - 340 + 370",
                "GACAGUGUUC | ((......)) | -240 + 180",
                "GCAACGC | ((...)) | -340 + 680",
                // bulges of one and two bases
                "GGAGAAAACCC | ((.(....))) | -330 + 380 - 330 + 450",
                "CUAAGAAAACAG | ((..(....))) | -210 + 280 + 50 + 450",
                // interior loops 1x1, 1x2, 2x1, 2x2
                "GGAGAAAACACC | ((.(....).)) | -330 + 90 + 450",
                "GGAGAAAACAACC | ((.(....)..)) | -330 + 250 + 450",
                "GGAAGAAAACACC | ((..(....).)) | -330 + 250 + 450",
                "GGAAGAAAACAACC | ((..(....)..)) | -330 + 130 + 450",
                // 1x2 and 2x1 with bases that tell the two ends apart
                "GGCGAAAACCUCC | ((.(....)..)) | -330 + 230 + 450",
                "GGCGAAAACUCCC | ((.(....)..)) | -330 + 190 + 450",
                "GGUAGAAAACCCC | ((..(....).)) | -330 + 250 + 450",
                // 2x3, 1x3, 3x3 with a bonus for G opposite A, 2x8 at the limit of the asymmetry
                "GGAAGAAAACAAACC | ((..(....)...)) | -330 + 200 + 60 + 450",
                "GGAGAAAACAAACC | ((.(....)...)) | -330 + 110 + 120 + 450",
                "GGGAAGAAAACAAACC | ((...(....)...)) | -330 + 200 - 100 + 450",
                "GGAAGAAAACAAAAAAAACC | ((..(....)........)) | -330 + 250 + 300 + 450",
                // an interior loop beside AU: 70 for the pair
                "GAAAAGAAAACAAAUC | ((...(....)...)) | -240 + 200 + 70 + 450",
                // a multiloop: two helices of -340 + 410, three mismatches
                "GGAGCAAAAGCAGCAAAAGCACC | ((.((....)).((....)).))"
                        + "| -330 + 2 * 70 + 930 - 3 * 90 - 110 - 2 * 150",
                // the exterior loop: mismatch, 3' end, 5' end, pairs AU and GU
                "AGGGAAACCCA | .(((...))). | -120 - 150",
                "GGGAAACCCA | (((...))). | -120 - 170",
                "AGGGAAACCC | .(((...))) | -120 - 20",
                "AGGAAACCU | (((...))) | -210 - 330 + 540 + 50",
                "GGGAAACCU | (((...))) | -210 - 330 + 540 + 50",
                // two helices side by side: 3' neighbour G, then 5' neighbour C, paired or not
                "GGGAAACCCGGGAAACCC | (((...)))(((...))) | 2 * -120 - 170 - 30",
            })
    void sumsLoops(String sequence, String structure, String sum) {
        assertEquals(sum(sum) / 100.0, StructureEnergy.of(sequence, structure));
    }

    @Test
    void readsThymineAsUracil() {
        assertEquals(
                StructureEnergy.of("GGAUUUUUCC", "(((....)))"),
                StructureEnergy.of("GGATTTTTCC", "(((....)))"));
    }

    @Test
    void extendsHairpinsBeyondTable() {
        // 7.7 + 1.07856 ln(40/30), the latter cut to 0.31, and the mismatch
        String sequence = "G" + "A".repeat(40) + "C";
        String structure = "(" + ".".repeat(40) + ")";
        assertEquals(770 + 31 - 110, 100 * StructureEnergy.of(sequence, structure), 1e-9);
    }

    @Test
    void readsInteriorLoopsFromEitherEnd() {
        NearestNeighbour model = NearestNeighbour.turner2004();
        SplittableRandom random = new SplittableRandom(1);
        List<String> pairs = List.of("CG", "GC", "GU", "UG", "AU", "UA");
        for (int k = 0; k < 20_000; k++) {
            int left = random.nextInt(5);
            int right = random.nextInt(5);
            String outer = pairs.get(random.nextInt(6));
            String inner = pairs.get(random.nextInt(6));
            String strand5 = outer.charAt(0) + bases(random, left) + inner.charAt(0);
            String strand3 = inner.charAt(1) + bases(random, right) + outer.charAt(1);
            assertEquals(loop(model, strand5, strand3), loop(model, strand3, strand5));
        }
    }

    private static String bases(SplittableRandom random, int length) {
        StringBuilder bases = new StringBuilder();
        for (int k = 0; k < length; k++) {
            bases.append("ACGU".charAt(random.nextInt(4)));
        }
        return bases.toString();
    }

    private static int loop(NearestNeighbour model, String strand5, String strand3) {
        byte[] bases = Bases.encode(strand5 + "AAA" + strand3);
        int p = strand5.length() - 1;
        return model.interior(bases, 0, bases.length - 1, p, p + 4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GGGAAACC | (((...)) | brackets of a structure must match, got a single one at"
                        + " position 1",
                "GGGAAACC | ((...))) | brackets of a structure must match, got a single one at"
                        + " position 8",
                "GGGAAACC | (......] | structure must be of '(', ')' and '.', got ']' at position"
                        + " 8",
                "GGGAAACC | (.....) | structure must be as long as the sequence (8), got 7",
                "GGGAAAGC | ((...).) | paired bases must be CG, AU or GU in either order, got"
                        + " others at positions 2 and 6",
                "GGAAC | .(..) | unpaired bases of a hairpin must be at least 3, got 2 after the"
                        + " pair of position 2",
                "GGXAC | .(..) | letters of a sequence must be of ACGTU, got 'X' at position 3;"
                        + " write upper case",
            })
    void rejectsWrongStructure(String sequence, String structure, String expected) {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> StructureEnergy.of(sequence, structure));
        assertEquals(expected, e.getMessage());
    }

    @Test
    void rejectsTooLongInteriorLoop() {
        String sequence = "G" + "A".repeat(31) + "GAAAC" + "C";
        String structure = "(" + ".".repeat(31) + "(...)" + ")";
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> StructureEnergy.of(sequence, structure));
        assertEquals(
                "unpaired bases of an interior loop must be at most 30, got 31 after the pair of"
                        + " position 1",
                e.getMessage());
    }

    /** Evaluates terms such as {@code -330 + 2 * 70 - 110}. */
    private static int sum(String terms) {
        int sum = 0;
        int sign = 1;
        int product = 1;
        for (String word : terms.strip().split("\\s+", -1)) {
            switch (word) {
                case "+", "-" -> {
                    sum += sign * product;
                    sign = word.equals("+") ? 1 : -1;
                    product = 1;
                }
                case "*" -> {}
                default -> product *= Integer.parseInt(word);
            }
        }
        return sum + sign * product;
    }
}
