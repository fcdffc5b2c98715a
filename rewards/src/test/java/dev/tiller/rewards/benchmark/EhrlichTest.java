package dev.tiller.rewards.benchmark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContract;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EhrlichTest extends RewardContract {
    private static final Designs DESIGNS = someDesigns();

    @Override
    protected Reward reward() {
        return new Ehrlich(EhrlichOptions.defaults());
    }

    /** The contract's designs must have the length of the function. */
    @Override
    protected Designs designs() {
        return DESIGNS;
    }

    private static Designs someDesigns() {
        Ehrlich reward = new Ehrlich(EhrlichOptions.defaults());
        List<String> designs = new ArrayList<>(List.of(reward.optimum(), reward.letters()));
        for (long seed = 0; seed < 50; seed++) {
            designs.add(reward.sample(seed));
        }
        return new Designs(designs);
    }

    /** All 4096 designs of a tiny function, scored by the definition, written out anew. */
    @ParameterizedTest
    @CsvSource({"0,2", "1,2", "2,2", "3,1", "4,2", "5,1"})
    void followsDefinitionEverywhere(long seed, int quantization) {
        Ehrlich reward = tiny(4, 6, 2, 2, quantization, seed);
        Set<String> forbidden = new HashSet<>(reward.forbiddenTransitions());
        assertFalse(forbidden.isEmpty());
        Set<Double> levels = new TreeSet<>();
        int optima = 0;
        for (String design : all("ACDE", 6)) {
            boolean feasible = true;
            for (int i = 0; i + 2 <= 6; i++) {
                feasible &= !forbidden.contains(design.substring(i, i + 2));
            }
            assertEquals(feasible, reward.isFeasible(design), design);
            double expected = feasible ? 1 : 0;
            boolean hasAll = true;
            for (SpacedMotif motif : reward.motifs()) {
                int m = lettersInPlace(design, motif);
                hasAll &= m == 2;
                expected *= Math.floor(m * quantization / 2.0) / quantization;
            }
            double score = score(reward, design);
            assertEquals(expected, score, design);
            assertEquals(feasible && hasAll, score == 1, design);
            levels.add(score);
            optima += score == 1 ? 1 : 0;
        }
        assertTrue(optima > 0);
        // 0.5 is out of reach where both motifs are the same
        Set<Double> possible = quantization == 1 ? Set.of(0.0, 1.0) : Set.of(0.0, 0.25, 0.5, 1.0);
        assertTrue(possible.containsAll(levels), levels::toString);
        assertTrue(levels.size() >= quantization + 1, levels::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "2,4,1,3,3",
        "3,6,2,3,1",
        "4,16,4,4,2",
        "20,15,2,7,7",
        "32,32,4,4,4",
        "32,32,2,4,4",
        "32,128,8,8,4",
        "32,5,5,1,1",
        "6,10,3,3,3"
    })
    void hasFeasibleOptimumOfOne(int states, int length, int motifs, int k, int q) {
        for (long seed = 0; seed < 8; seed++) {
            Ehrlich reward = tiny(states, length, motifs, k, q, seed);
            assertEquals(length, reward.optimum().length());
            assertTrue(reward.isFeasible(reward.optimum()));
            assertEquals(1.0, score(reward, reward.optimum()));
            assertEquals(motifs, reward.motifs().size());
            int span = reward.motifs().stream().mapToInt(SpacedMotif::span).sum();
            assertTrue(span <= length, () -> reward.motifs().toString());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4})
    void bansTransitionsButNoRepeat(long seed) {
        Ehrlich reward = tiny(32, 32, 4, 4, 4, seed);
        String letters = reward.letters();
        Set<String> forbidden = new HashSet<>(reward.forbiddenTransitions());
        for (char from : letters.toCharArray()) {
            assertFalse(forbidden.contains("" + from + from));
            // a band of 2 * 12 + 1 states, and the letter itself if it is not in the band
            long allowed =
                    letters.chars()
                            .filter(to -> !forbidden.contains("" + from + (char) to))
                            .count();
            assertTrue(allowed == 25 || allowed == 26, from + " has " + allowed);
        }
    }

    @Test
    void samplesFeasibleDesignsBySeed() {
        Ehrlich reward = new Ehrlich(EhrlichOptions.defaults());
        Ehrlich twin = new Ehrlich(EhrlichOptions.defaults());
        Set<String> seen = new HashSet<>();
        for (long seed = 0; seed < 200; seed++) {
            String design = reward.sample(seed);
            assertTrue(reward.isFeasible(design));
            assertEquals(design, twin.sample(seed));
            seen.add(design);
        }
        assertEquals(200, seen.size());
    }

    @Test
    void drawsOtherFunctionFromOtherSeed() {
        assertEquals(tiny(32, 32, 4, 4, 4, 7).motifs(), tiny(32, 32, 4, 4, 4, 7).motifs());
        assertNotEquals(tiny(32, 32, 4, 4, 4, 7).motifs(), tiny(32, 32, 4, 4, 4, 8).motifs());
    }

    @Test
    void quantisesMotifs() {
        // 8 letters in 4 levels: 0, 2, 4, 6 and 8 letters count
        Ehrlich reward = tiny(32, 8, 1, 8, 4, 3);
        Set<Double> levels = new TreeSet<>();
        String optimum = reward.optimum();
        for (int kept = 0; kept <= 8; kept++) {
            String design =
                    optimum.substring(0, kept)
                            + optimum.substring(Math.max(0, kept - 1), Math.max(1, kept))
                                    .repeat(8 - kept);
            levels.add(score(reward, design));
        }
        assertTrue(Set.of(0.0, 0.25, 0.5, 0.75, 1.0).containsAll(levels), levels::toString);
        assertTrue(levels.size() >= 4, levels::toString);
    }

    @Test
    void lowersIncompleteMotifsByEpistasis() {
        EhrlichOptions options =
                new EhrlichOptions(4, 6, 2, 2, 2, 2, -3, EhrlichOptions.LETTERS, 0);
        Ehrlich plain = tiny(4, 6, 2, 2, 2, 0);
        Ehrlich epistatic = new Ehrlich(options);
        assertEquals(plain.motifs(), epistatic.motifs());
        for (String design : all("ACDE", 6)) {
            double before = score(plain, design);
            // h = 1/2 becomes 1/2 * (1 + 2 * 1/2 * -1/2) = 1/4
            double after = before == 0.5 ? 0.25 : before == 0.25 ? 0.0625 : before;
            double expected = plain.isFeasible(design) ? after : -3;
            assertEquals(expected, score(epistatic, design), design);
        }
    }

    @Test
    void rejectsOtherLengths() {
        Ehrlich reward = new Ehrlich(EhrlichOptions.defaults());
        assertEquals(
                "designs must have 32 letters for reward 'ehrlich', got 3; set its option length",
                assertThrows(IllegalArgumentException.class, () -> score(reward, "ACD"))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1,32,4,4,4,0,0,AC | states must be in 2 to the 2 letters, got 1",
                "3,32,4,4,4,0,0,AC | states must be in 2 to the 2 letters, got 3",
                "2,32,4,4,4,0,0,ACA | letters must be different upper-case letters and digits, got"
                        + " 'ACA'",
                "2,32,4,4,4,0,0,ac | letters must be different upper-case letters and digits, got"
                        + " 'ac'",
                "2,15,4,4,4,0,0,AC | motifs and motifLength must be at least 1 and their product at"
                        + " most the length 15, got 4 and 4",
                "2,32,0,4,4,0,0,AC | motifs and motifLength must be at least 1 and their product at"
                        + " most the length 32, got 0 and 4",
                "2,32,4,4,5,0,0,AC | quantization must be in 1 to motifLength 4, got 5",
                "2,32,4,4,4,4.1,0,AC | epistasis must be in [0, 4], got 4.1; 0 is the published"
                        + " function",
                "2,32,4,4,4,0,1,AC | infeasible must be finite and below the optimum 1, got 1.0",
                "2,32,4,4,4,0,-Infinity,AC | infeasible must be finite and below the optimum 1, got"
                        + " -Infinity",
            })
    void rejectsBadOptions(String options, String expected) {
        String[] o = options.split(",");
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new EhrlichOptions(
                                        Integer.parseInt(o[0]),
                                        Integer.parseInt(o[1]),
                                        Integer.parseInt(o[2]),
                                        Integer.parseInt(o[3]),
                                        Integer.parseInt(o[4]),
                                        Double.parseDouble(o[5]),
                                        Double.parseDouble(o[6]),
                                        o[7],
                                        0));
        assertEquals(expected, e.getMessage());
    }

    @Test
    void rejectsOffsetsThatDoNotIncrease() {
        for (List<Integer> offsets : List.of(List.of(0, 0), List.of(1, 2), List.of(0))) {
            assertEquals(
                    "offsets must increase from 0, one for each letter of 'AC', got " + offsets,
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> new SpacedMotif("AC", offsets))
                            .getMessage());
        }
    }

    @Test
    void countsBestPlacementOfSpacedMotif() {
        SpacedMotif motif = new SpacedMotif("ACA", List.of(0, 2, 3));
        assertEquals(4, motif.span());
        // A.CA by hand: in full at 1; two of three; too short
        assertArrayEquals(
                new int[] {3, 2, 0},
                List.of("DADCAD", "ADCD", "ACA").stream().mapToInt(motif::matches).toArray());
    }

    private static int lettersInPlace(String design, SpacedMotif motif) {
        int best = 0;
        int gap = motif.offsets().get(1);
        for (int i = 0; i + gap < design.length(); i++) {
            boolean first = design.charAt(i) == motif.letters().charAt(0);
            boolean second = design.charAt(i + gap) == motif.letters().charAt(1);
            best = Math.max(best, (first ? 1 : 0) + (second ? 1 : 0));
        }
        return best;
    }

    private static List<String> all(String letters, int length) {
        List<String> designs = List.of("");
        for (int i = 0; i < length; i++) {
            List<String> longer = new ArrayList<>();
            for (String design : designs) {
                letters.chars().forEach(letter -> longer.add(design + (char) letter));
            }
            designs = longer;
        }
        return designs;
    }

    private static double score(Reward reward, String design) {
        return reward.score(new Designs(List.of(design)))[0];
    }

    private static Ehrlich tiny(int states, int length, int motifs, int k, int q, long seed) {
        return new Ehrlich(
                new EhrlichOptions(
                        states, length, motifs, k, q, 0, 0, EhrlichOptions.LETTERS, seed));
    }
}
