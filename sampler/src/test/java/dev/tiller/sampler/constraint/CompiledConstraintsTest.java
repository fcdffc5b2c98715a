package dev.tiller.sampler.constraint;

import static dev.tiller.sampler.constraint.AllDesigns.ALPHABET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompiledConstraintsTest {
    private static final String DNA = "ACGT";

    /** Returns the designs that the automaton accepts, and checks that it has one path for each. */
    private static List<String> accepted(CompletionSampler sampler, int length) {
        double[] even = new double[length * ALPHABET.length()];
        List<String> designs = new ArrayList<>();
        for (String design : AllDesigns.satisfying(Constraints.NONE, length)) {
            long[] tokens = design.chars().mapToLong(ALPHABET::indexOf).toArray();
            if (sampler.condition(tokens, 0, even)) {
                assertEquals(0, sampler.logNormaliser(), 1e-12, design + " has several paths");
                designs.add(design);
            }
        }
        return designs;
    }

    /** Against the list of all designs, with the first letter known or none. */
    @Test
    void tellsWhichLettersArePossible() {
        int length = 4;
        for (int number = 0; number < 200; number++) {
            Constraints constraints = AllDesigns.random(number, length);
            List<String> designs = AllDesigns.satisfying(constraints, length);
            if (designs.isEmpty()) {
                continue;
            }
            for (String known : List.of("", designs.get(0).substring(0, 1), "A")) {
                long[] tokens = new long[length];
                Arrays.fill(tokens, ALPHABET.length());
                for (int i = 0; i < known.length(); i++) {
                    tokens[i] = ALPHABET.indexOf(known.charAt(i));
                }
                boolean[] possible =
                        constraints.compile(ALPHABET, length).possibleLetters(tokens, 0);
                for (int i = 0; i < possible.length; i++) {
                    int position = i / ALPHABET.length();
                    char letter = ALPHABET.charAt(i % ALPHABET.length());
                    boolean expected =
                            designs.stream()
                                    .anyMatch(
                                            design ->
                                                    design.startsWith(known)
                                                            && design.charAt(position) == letter);
                    assertEquals(expected, possible[i], constraints + " " + known + " " + i);
                }
            }
        }
    }

    /**
     * 1,500 random constraints on 1 to 5 positions: the compiled ones accept exactly the designs of
     * the list, each once, and are refused exactly if the list is empty.
     */
    @Test
    void acceptsExactlyTheDesignsThatSatisfyAllConstraints() {
        int refused = 0;
        int tied = 0;
        for (int number = 0; number < 1_500; number++) {
            int length = 1 + number % 5;
            Constraints constraints = AllDesigns.random(number, length);
            List<String> expected = AllDesigns.satisfying(constraints, length);
            CompiledConstraints compiled;
            try {
                compiled = constraints.compile(ALPHABET, length);
            } catch (IllegalArgumentException e) {
                assertEquals(List.of(), expected, constraints + ": " + e.getMessage());
                refused++;
                continue;
            }
            CompletionSampler sampler = compiled.sampler();
            assertEquals(expected, accepted(sampler, length), constraints.toString());
            long[] masks = new long[length];
            Arrays.fill(masks, ALPHABET.length());
            assertTrue(sampler.condition(masks, 0, new double[length * 3]));
            double total = sampler.logNormaliser();
            assertEquals(Math.log(expected.size()), total, 1e-12, constraints.toString());
            assertFixed(compiled, expected, length);
            tied += constraints.tied().isEmpty() || constraints.forbid().isEmpty() ? 0 : 1;
        }
        assertTrue(refused > 150 && refused < 900, "refused " + refused);
        assertTrue(tied > 100, "with ties and forbidden motifs: " + tied);
    }

    private static void assertFixed(
            CompiledConstraints compiled, List<String> designs, int length) {
        int free = 0;
        for (int position = 0; position < length; position++) {
            TreeSet<Character> letters = new TreeSet<>();
            for (String design : designs) {
                letters.add(design.charAt(position));
            }
            int token = letters.size() == 1 ? ALPHABET.indexOf(letters.first()) : -1;
            assertEquals(token, compiled.fixedToken(position));
            free += token < 0 ? 1 : 0;
        }
        assertEquals(free, compiled.freePositions());
    }

    @Test
    void theDirectCheckAgreesWithTheList() {
        for (int number = 0; number < 300; number++) {
            Constraints constraints = AllDesigns.random(number, 4);
            List<String> expected = AllDesigns.satisfying(constraints, 4);
            if (!expected.isEmpty()) {
                CompiledConstraints compiled = constraints.compile(ALPHABET, 4);
                List<String> all = AllDesigns.satisfying(Constraints.NONE, 4);
                assertEquals(expected, all.stream().filter(compiled::satisfiedBy).toList());
            }
        }
    }

    private static CompiledConstraints dna(String key, Object value, int length) {
        return Constraints.parse(Map.of(key, value)).compile(DNA, length);
    }

    @Test
    void readsIupacCodes() {
        String[] sets = {
            "R AG",
            "Y CT",
            "S CG",
            "W AT",
            "K GT",
            "M AC",
            "B CGT",
            "D AGT",
            "H ACT",
            "V ACG",
            "N ACGT",
            ". ACGT",
            "A A",
            "[AC] AC",
            "[^AC] GT",
            "[^R] CT"
        };
        for (String set : sets) {
            String[] parts = set.split(" ");
            CompiledConstraints compiled = dna("template", parts[0] + "A", 2);
            StringBuilder letters = new StringBuilder();
            for (char letter : DNA.toCharArray()) {
                letters.append(compiled.satisfiedBy(letter + "A") ? letter : "");
            }
            assertEquals(parts[1], letters.toString(), parts[0]);
        }
    }

    @Test
    void readsTheCodesOfOtherAlphabets() {
        CompiledConstraints rna = Constraints.parse(Map.of("template", "YW")).compile("ACGU", 2);
        assertTrue(rna.satisfiedBy("UU"));
        assertFalse(rna.satisfiedBy("AU"));
        String protein = "ACDEFGHIKLMNPQRSTVWY";
        CompiledConstraints sequon =
                Constraints.parse(Map.of("require", List.of("N[^P][ST]X"))).compile(protein, 5);
        assertTrue(sequon.satisfiedBy("ANGSW"));
        assertFalse(sequon.satisfiedBy("ANPSW"));
        assertFalse(sequon.satisfiedBy("AANGS")); // X is any letter, but a letter
    }

    /** In protein N is asparagine, in an alphabet that has N it is that letter. */
    @Test
    void lettersOfTheAlphabetMeanThemselves() {
        CompiledConstraints n = Constraints.parse(Map.of("template", "NN")).compile("ACGTN", 2);
        assertFalse(n.satisfiedBy("AN"));
        assertTrue(n.satisfiedBy("NN"));
    }

    @ParameterizedTest
    @CsvSource({
        "ACGTA, has 5 letters instead of 6",
        "ACGTAQ, 'has Q, which is no letter of the model'",
        "CCGTAC, has C at position 1",
        "AAGTAC, has different letters at the tied positions 2 and 6",
        "ACCGGC, has the forbidden motif CGG at position 3",
        "ACATAC, lacks the required motif GK"
    })
    void namesWhatADesignBreaks(String design, String clause) {
        CompiledConstraints compiled =
                Constraints.parse(
                                Map.of(
                                        "fixed", Map.of(1, "A"),
                                        "forbid", List.of("CGG"),
                                        "require", List.of("GK"),
                                        "tied", List.of("2=6")))
                        .compile(DNA, 6);
        compiled.requireSatisfied("ACGTAC");
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> compiled.requireSatisfied(design));
        assertEquals(
                "design must satisfy the constraints, got " + design + ", which " + clause,
                e.getMessage());
    }

    /** Two copies of 100 letters with a motif that may not even cross the seam: few states. */
    @Test
    void longTiesNeedFewStates() {
        CompiledConstraints compiled =
                Constraints.parse(
                                Map.of(
                                        "tied", List.of("1-100=101-200"),
                                        "forbid", List.of("GAATTC", "GGATCC", "AAAAA")))
                        .compile(DNA, 200);
        assertEquals(100, compiled.groups());
        assertTrue(compiled.states() < 150_000, "states " + compiled.states());
        CompiledConstraints free =
                Constraints.parse(Map.of("tied", List.of("1-100=101-200"))).compile(DNA, 200);
        assertEquals(101, free.states());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "allowed | 5-11 | ACG | constraints.allowed must name positions in 1-10, the length"
                        + " of a design, got 11",
                "fixed | 8 | ACGT | constraints.fixed must name positions in 1-10, the length of a"
                        + " design, got 11",
                "fixed | 2 | AQ | constraints.fixed.2 must be written in the letters ACGT, IUPAC"
                        + " codes, . for any, [ ] for some and [^ ] for others, got Q in AQ",
                "fixed | 2 | [AC | constraints.fixed.2 must close [ after some letters, got [AC",
                "fixed | 2 | A[^N] | constraints.fixed.2 must leave a letter at each place, got"
                        + " A[^N]"
            })
    void refusesWhatTheAlphabetOrTheLengthLacks(
            String key, String position, String value, String message) {
        assertMessage(message, () -> dna(key, Map.of(position, value), 10));
    }

    private static void assertMessage(String message, Runnable action) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, action::run);
        assertEquals(message, e.getMessage());
    }

    @Test
    void refusesWhatNoDesignSatisfies() {
        assertMessage(
                "constraints.template must have one letter, code or . for each of the 10"
                        + " positions, got 3",
                () -> dna("template", "ATG", 10));
        assertMessage(
                "constraints leave no letter for position 2=5; relax template, fixed, allowed,"
                        + " exclude or tied there",
                () ->
                        Constraints.parse(
                                        Map.of(
                                                "fixed", Map.of(2, "A", 5, "C"),
                                                "tied", List.of("2=5")))
                                .compile(DNA, 10));
        assertMessage(
                "constraints must leave at least one design of length 4, got exclude: T;"
                        + " require: [ATG]; relax exclude or require",
                () ->
                        Constraints.parse(Map.of("exclude", "T", "require", List.of("ATG")))
                                .compile(DNA, 4));
        assertMessage(
                "constraints must leave at least one design of length 4, got require: [ATGCA];"
                        + " relax require",
                () -> dna("require", List.of("ATGCA"), 4));
    }

    @Test
    void refusesWhatNeedsTooManyStates() {
        assertMessage(
                "constraints together need more than 4096 states at position 13; use fewer or"
                        + " shorter motifs, fewer open places in them, or ties that run in"
                        + " parallel, got forbid: [ANNNNNNNNNNNNNNNNNNNNA]",
                () -> dna("forbid", List.of("ANNNNNNNNNNNNNNNNNNNNA"), 50));
    }

    @Test
    void refusesAlphabetsThatDoNotFit() {
        assertMessage(
                "constraints need an alphabet of 1 to 64 letters, got 0",
                () -> Constraints.NONE.compile("", 3));
        assertMessage("length must be at least 1, got 0", () -> Constraints.NONE.compile(DNA, 0));
    }
}
