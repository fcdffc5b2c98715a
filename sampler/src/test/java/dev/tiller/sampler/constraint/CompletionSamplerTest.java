package dev.tiller.sampler.constraint;

import static dev.tiller.sampler.constraint.AllDesigns.ALPHABET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.exact.ChiSquare;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompletionSamplerTest {
    private static final int K = ALPHABET.length();

    /** Returns log weights in [-sharpness, 0], a function of the number. */
    private static double[] weights(long number, int length, double sharpness) {
        double[] weights = new double[length * K];
        new Philox(11).fill(number, 0, Purpose.INITIALIZATION, 0, weights);
        return Arrays.stream(weights).map(u -> -sharpness * u).toArray();
    }

    /** Returns a design with about half of its letters masked. */
    private static long[] masked(String design, long number) {
        double[] uniforms = new double[design.length()];
        new Philox(12).fill(number, 0, Purpose.CORRUPTION, 0, uniforms);
        long[] tokens = design.chars().mapToLong(ALPHABET::indexOf).toArray();
        Arrays.setAll(tokens, i -> uniforms[i] < 0.6 ? K : tokens[i]);
        return tokens;
    }

    /** Returns the log weight of each design, -inf where it has not the known letters. */
    private static double[] logWeights(List<String> designs, long[] tokens, double[] weights) {
        double[] logs = new double[designs.size()];
        for (int i = 0; i < logs.length; i++) {
            for (int position = 0; position < tokens.length; position++) {
                int letter = ALPHABET.indexOf(designs.get(i).charAt(position));
                if (tokens[position] == K) {
                    logs[i] += weights[position * K + letter];
                } else if (tokens[position] != letter) {
                    logs[i] = Double.NEGATIVE_INFINITY;
                }
            }
        }
        return logs;
    }

    private static String design(long[] tokens) {
        StringBuilder design = new StringBuilder();
        for (long token : tokens) {
            design.append(ALPHABET.charAt((int) token));
        }
        return design.toString();
    }

    private static CompiledConstraints compiled(Constraints constraints, int length) {
        return AllDesigns.satisfying(constraints, length).isEmpty()
                ? null
                : constraints.compile(ALPHABET, length);
    }

    /** Normaliser, marginals and mode of about 300 random cases against sums over all designs. */
    @Test
    void agreesWithSumsOverAllDesigns() {
        int cases = 0;
        for (int number = 0; number < 600; number++) {
            int length = 2 + number % 4;
            Constraints constraints = AllDesigns.random(number, length);
            CompiledConstraints compiled = compiled(constraints, length);
            if (compiled == null) {
                continue;
            }
            cases++;
            List<String> designs = AllDesigns.satisfying(constraints, length);
            long[] tokens = masked(designs.get(number % designs.size()), number);
            double[] weights = weights(number, length, number % 3 == 0 ? 900 : 4);
            double[] logs = logWeights(designs, tokens, weights);
            double max = Arrays.stream(logs).max().orElseThrow();
            double[] law = Arrays.stream(logs).map(log -> Math.exp(log - max)).toArray();
            double sum = Arrays.stream(law).sum();
            CompletionSampler sampler = compiled.sampler();
            assertTrue(sampler.condition(tokens, 0, weights));
            assertEquals(max + Math.log(sum), sampler.logNormaliser(), 1e-9);
            assertMarginals(designs, law, sum, sampler.logMarginals(), length);
            long[] mode = new long[length];
            sampler.mode(mode, 0);
            double best = logs[designs.indexOf(design(mode))];
            assertEquals(max, best, 1e-9, "mode of " + constraints);
        }
        assertTrue(cases > 250, "cases " + cases);
    }

    private static void assertMarginals(
            List<String> designs, double[] law, double sum, double[] logMarginals, int length) {
        for (int position = 0; position < length; position++) {
            for (int k = 0; k < K; k++) {
                double expected = 0;
                boolean possible = false;
                for (int i = 0; i < law.length; i++) {
                    if (designs.get(i).charAt(position) == ALPHABET.charAt(k)) {
                        expected += law[i] / sum;
                        possible |= law[i] > 0;
                    }
                }
                double actual = logMarginals[position * K + k];
                assertEquals(expected, Math.exp(actual), 1e-10);
                assertTrue(!possible || actual > Double.NEGATIVE_INFINITY);
            }
        }
    }

    /** Six kinds of constraints and all together. n = 10,000, chi-square, false alarm 1e-6 each. */
    @Test
    void drawsFollowTheConditionedProduct() {
        List<Map<String, ?>> kinds =
                List.of(
                        Map.of("fixed", Map.of(2, "B")),
                        Map.of("allowed", Map.of("1-3", "AC")),
                        Map.of("exclude", "B"),
                        Map.of("forbid", List.of("AA", "B.C")),
                        Map.of("require", List.of("AB", "C")),
                        Map.of("tied", List.of("1-2=4-5")),
                        Map.of(
                                "allowed", Map.of("3", "BC"),
                                "forbid", List.of("AA", "[BC]B"),
                                "require", List.of("A[^A]"),
                                "tied", List.of("1=4")));
        for (int kind = 0; kind < kinds.size(); kind++) {
            Constraints constraints = Constraints.parse(kinds.get(kind));
            List<String> designs = AllDesigns.satisfying(constraints, 5);
            double[] weights = weights(kind, 5, 3);
            long[] masks = {K, K, K, K, K};
            double[] law = logWeights(designs, masks, weights);
            Arrays.setAll(law, i -> Math.exp(law[i]));
            double sum = Arrays.stream(law).sum();
            Arrays.setAll(law, i -> law[i] / sum);
            long[] counts = counts(constraints.compile(ALPHABET, 5), designs, masks, weights);
            ChiSquare.assertFits(constraints.toMap().toString(), counts, law);
            double[] flat = new double[law.length];
            Arrays.fill(flat, 1.0 / law.length);
            ChiSquare.assertRejects(constraints.toMap() + ", even", counts, flat);
        }
    }

    private static long[] counts(
            CompiledConstraints compiled, List<String> designs, long[] tokens, double[] weights) {
        CompletionSampler sampler = compiled.sampler();
        assertTrue(sampler.condition(tokens, 0, weights));
        Philox noise = new Philox(3);
        long[] counts = new long[designs.size()];
        double[] uniforms = new double[compiled.groups()];
        long[] out = new long[5];
        for (int id = 0; id < 10_000; id++) {
            noise.fill(id, 0, Purpose.POSTERIOR, 0, uniforms);
            sampler.draw(uniforms, out, 0);
            counts[designs.indexOf(design(out))]++;
        }
        return counts;
    }

    @Test
    void theModeTakesTheFirstLetterOnTies() {
        Constraints constraints =
                Constraints.parse(Map.of("forbid", List.of("AA"), "exclude", "C"));
        CompletionSampler sampler = constraints.compile(ALPHABET, 4).sampler();
        long[] out = new long[4];
        assertTrue(sampler.condition(new long[] {K, K, K, K}, 0, new double[12]));
        sampler.mode(out, 0);
        assertEquals("ABAB", design(out));
    }

    /** Where the constraints want what has no probability they get it, as little as possible. */
    @Test
    void takesImpossibleLettersOnlyIfItMust() {
        double zero = Double.NEGATIVE_INFINITY;
        double[] weights = {-1, zero, zero, zero, -1, -1, -1, zero, zero};
        Constraints constraints = Constraints.parse(Map.of("require", List.of("CA")));
        CompletionSampler sampler = constraints.compile(ALPHABET, 3).sampler();
        assertTrue(sampler.condition(new long[] {K, K, K}, 0, weights));
        long[] out = new long[3];
        sampler.mode(out, 0);
        assertEquals("ACA", design(out));
        for (double u : new double[] {1e-12, 0.5, 1 - 1e-12}) {
            sampler.draw(new double[] {u, u, u}, out, 0);
            assertEquals("ACA", design(out));
        }
        Arrays.fill(weights, zero);
        assertTrue(sampler.condition(new long[] {K, K, K}, 0, weights));
        sampler.draw(new double[] {0.9, 0.9, 0.9}, out, 0);
        assertTrue(AllDesigns.satisfies(design(out), constraints));
    }

    /** Weights as far apart as float32 allows neither overflow nor lose the constraints. */
    @Test
    void survivesAnyWeights() {
        Constraints constraints =
                Constraints.parse(Map.of("require", List.of("AB"), "forbid", List.of("BB")));
        CompiledConstraints compiled = constraints.compile(ALPHABET, 40);
        CompletionSampler sampler = compiled.sampler();
        long[] masks = new long[40];
        Arrays.fill(masks, K);
        double[] uniforms = new double[40];
        long[] out = new long[40];
        for (double scale : new double[] {1e-300, 1, 1e3, 1e6, 1e30, Float.MAX_VALUE}) {
            double[] weights = weights(4, 40, 1);
            Arrays.setAll(weights, i -> scale * (2 * weights[i] + 1));
            assertTrue(sampler.condition(masks, 0, weights));
            for (int id = 0; id < 50; id++) {
                new Philox(4).fill(id, 0, Purpose.POSTERIOR, 0, uniforms);
                sampler.draw(uniforms, out, 0);
                assertTrue(AllDesigns.satisfies(design(out), constraints));
            }
            sampler.mode(out, 0);
            assertTrue(AllDesigns.satisfies(design(out), constraints));
            assertTrue(Double.isFinite(sampler.logNormaliser()));
        }
    }

    @Test
    void tellsThatKnownLettersCannotBeCompleted() {
        Constraints constraints =
                Constraints.parse(Map.of("forbid", List.of("AB"), "tied", List.of("1=3")));
        CompletionSampler sampler = constraints.compile(ALPHABET, 3).sampler();
        assertFalse(sampler.condition(new long[] {0, 1, K}, 0, new double[9]));
        assertFalse(sampler.condition(new long[] {0, K, 1}, 0, new double[9]));
        assertFalse(sampler.condition(new long[] {K, 1, 0}, 0, new double[9]));
        assertTrue(sampler.condition(new long[] {0, K, K}, 0, new double[9]));
    }

    /** The tokens before and behind the row are not touched. */
    @Test
    void readsAndWritesAtOffsets() {
        CompletionSampler sampler =
                Constraints.parse(Map.of("fixed", Map.of(1, "CA"))).compile(ALPHABET, 2).sampler();
        long[] tokens = {7, 7, K, K, 7};
        assertTrue(sampler.condition(tokens, 2, new double[6]));
        sampler.draw(new double[] {0.5, 0.5}, tokens, 2);
        assertArrayEquals(new long[] {7, 7, 2, 0, 7}, tokens);
    }
}
