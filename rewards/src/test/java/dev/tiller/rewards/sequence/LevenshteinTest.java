package dev.tiller.rewards.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.sequence.Levenshtein.Measure;
import dev.tiller.rewards.sequence.Levenshtein.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LevenshteinTest extends AnyLettersContract {

    @Override
    protected Reward reward() {
        return reward(Measure.SIMILARITY, "ACGT", "MKV");
    }

    @Test
    void countsEditsToNearest() {
        // KITTEN to SITTING: two replaced, one put in
        Reward reward = reward(Measure.DISTANCE, "SITTING", "MITTENS");
        Designs designs = new Designs(List.of("KITTEN", "SITTING", "SITIN", "", "ZZZZZZZZZ"));
        assertArrayEquals(new double[] {-2, 0, -2, -7, -9}, reward.score(designs));
        assertArrayEquals(
                new double[] {-3},
                reward(Measure.DISTANCE, "SITTING").score(new Designs(List.of("KITTEN"))));
    }

    @Test
    void dividesByLongerLength() {
        // to ACGT: 1 edit of 4, 4 of 8, 4 of 4; to AACCGGTTAA: 2 edits of 10
        Reward reward = reward(Measure.SIMILARITY, "ACGT", "AACCGGTTAA");
        Designs designs = new Designs(List.of("ACG", "AACCGGTT", "ACGT", "", "W"));
        assertArrayEquals(new double[] {0.75, 0.8, 1, 0, 0}, reward.score(designs), 1e-15);
    }

    @Test
    void doesNotDependOnOrderOfReferences() {
        Designs designs = new Designs(List.of("AACC", "ACGTACGTAC", "T", "GGGGG"));
        List<String> references = List.of("TTTT", "ACG", "AACCGGTTAC", "GGTGG");
        List<String> reversed = List.of("GGTGG", "AACCGGTTAC", "ACG", "TTTT");
        for (Measure measure : Measure.values()) {
            assertArrayEquals(
                    new Levenshtein(new Options(references, null, measure)).score(designs),
                    new Levenshtein(new Options(reversed, null, measure)).score(designs));
        }
    }

    @Test
    void readsReferencesFromFile(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("known.fa"), ">a\nAC\nGT\n>b\nTTTT\n");
        Reward reward = new Levenshtein(new Options(List.of("cc"), file, Measure.DISTANCE));
        Designs designs = new Designs(List.of("ACGT", "TTT", "CC"));
        assertArrayEquals(new double[] {0, -1, 0}, reward.score(designs));
    }

    /** The digest is that of "AC\n" by sha256sum. */
    @Test
    void hasDigestOfReferences() {
        assertEquals(
                Optional.of("9c1027603b5e53a211339363553a097ba9a3e447ad017b9c5e98b599ad0cd95e"),
                reward(Measure.DISTANCE, "AC").digest());
    }

    @Test
    void saysWhatIsWrongWithReferences(@TempDir Path directory) {
        assertEquals(
                "reward 'levenshtein' must have a reference sequence, got none; set its option"
                        + " sequences or file",
                failure(Options.defaults()));
        assertEquals(
                "sequences of reward 'levenshtein' must have letters of"
                        + " ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789*-, got 'A C'; write for example"
                        + " ACGTTG,ACCTTG",
                failure(new Options(List.of("A C"), null, Measure.DISTANCE)));
        Path file = directory.resolve("none.fa");
        String text = failure(new Options(List.of(), file, Measure.DISTANCE));
        assertTrue(text.startsWith("file of reward 'levenshtein' must be a FASTA file, got"), text);
        assertTrue(text.contains(file.toString()), text);
    }

    private static String failure(Options options) {
        return assertThrows(IllegalArgumentException.class, () -> new Levenshtein(options))
                .getMessage();
    }

    private static Reward reward(Measure measure, String... references) {
        return new Levenshtein(new Options(List.of(references), null, measure));
    }
}
