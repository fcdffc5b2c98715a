package dev.tiller.rewards.sequence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class KmerProfileTest {

    @Test
    void countsOverlappingWords() {
        KmerProfile profile = KmerProfile.of(List.of("AAAC", "AA", "A"), 2);
        assertEquals(Map.of("AA", 3L, "AC", 1L), profile.counts());
        assertEquals(2, profile.k());
    }

    @Test
    void comparesOverUnionOfWords() {
        // over AA, AC, CC the counts are 2, 1, 0 and 0, 1, 1
        KmerProfile a = KmerProfile.of(List.of("AAAC"), 2);
        KmerProfile b = KmerProfile.of(List.of("ACC"), 2);
        assertEquals(1 / Math.sqrt(5 * 2), a.cosine(b), 1e-15);
        // centred: 1, 0, -1 and -2/3, 1/3, 1/3
        assertEquals(-1 / Math.sqrt(2 * 6 / 9.0), a.pearson(b), 1e-15);
    }

    @Test
    void givesZeroWhereCorrelationIsUndefined() {
        KmerProfile flat = KmerProfile.of(List.of("AC"), 1);
        KmerProfile none = KmerProfile.of(List.of("A"), 2);
        assertEquals(0, flat.pearson(flat));
        assertEquals(0, none.pearson(none));
        assertEquals(0, none.cosine(KmerProfile.of(List.of("AC"), 2)));
    }

    @Test
    void rejectsWordsOfDifferentLengths() {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> KmerProfile.of(List.of(), 1).cosine(KmerProfile.of(List.of(), 2)));
        assertEquals("profiles must have words of the same length, got 1 and 2", e.getMessage());
    }

    /** Numbers of oracle.py and diffusion_gosai_update.py of DRAKES. */
    @Test
    void agreesWithDrakes() throws IOException {
        JsonNode parity;
        try (InputStream in = KmerProfileTest.class.getResourceAsStream("/parity/kmers.json")) {
            parity = new ObjectMapper().readTree(in);
        }
        KmerProfile reference = profile(parity.get("reference"));
        KmerProfile generated = profile(parity.get("generated"));
        assertCounts(parity.get("reference_counts"), reference);
        assertCounts(parity.get("generated_counts"), generated);
        // the published numbers are float32
        assertEquals(parity.get("pearson").asDouble(), generated.pearson(reference), 1e-7);
        assertEquals(
                parity.get("pearson_batches").asDouble(),
                profile(parity.get("generated_batches")).pearson(reference),
                1e-7);
    }

    private static KmerProfile profile(JsonNode sequences) {
        List<String> texts = new ArrayList<>();
        sequences.forEach(sequence -> texts.add(sequence.asText()));
        return KmerProfile.of(texts, 3);
    }

    /** Compares with the counts of all 64 words in the order AAA, AAC, ..., TTT. */
    private static void assertCounts(JsonNode expected, KmerProfile profile) {
        String letters = "ACGT";
        assertEquals(64, expected.size());
        for (int n = 0; n < 64; n++) {
            String word =
                    ""
                            + letters.charAt(n >> 4)
                            + letters.charAt(n >> 2 & 3)
                            + letters.charAt(n & 3);
            long count = profile.counts().getOrDefault(word, 0L);
            assertEquals(expected.get(n).asLong(), count, word);
        }
    }
}
