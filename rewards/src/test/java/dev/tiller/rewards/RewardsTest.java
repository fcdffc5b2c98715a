package dev.tiller.rewards;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.sequence.GcContent;
import dev.tiller.rewards.sequence.SequenceMotif;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

final class RewardsTest {
    private final Rewards rewards = Rewards.load();

    @Test
    void findsRewardsOfThisModule() {
        List<String> names =
                List.of(
                        "docking",
                        "ehrlich",
                        "gc-content",
                        "homopolymer",
                        "kmer-similarity",
                        "length-penalty",
                        "levenshtein",
                        "lipinski",
                        "logp",
                        "molecular-weight",
                        "motif-count",
                        "pwm",
                        "qed",
                        "ring-count",
                        "sa-score",
                        "sequence-motif",
                        "similarity",
                        "substructure",
                        "tpsa");
        assertTrue(rewards.names().containsAll(names), rewards.names()::toString);
        assertInstanceOf(GcContent.Provider.class, rewards.provider("gc-content"));
        assertInstanceOf(SequenceMotif.Provider.class, rewards.provider("sequence-motif"));
    }

    @Test
    void findsProvidersOfGivenClassLoader(@TempDir Path directory) throws IOException {
        try (URLClassLoader loader = listing(directory, TestProviders.Discovered.class.getName())) {
            Rewards found = Rewards.load(loader);
            assertTrue(found.names().contains("discovered"), found.names()::toString);
            assertTrue(found.names().containsAll(rewards.names()), found.names()::toString);
            try (Reward reward =
                    found.create("discovered", Map.of(), new RewardContext("gpu:0", "auto"))) {
                assertEquals("gpu:0", reward.letters());
                assertArrayEquals(new double[] {2}, reward.score(new Designs(List.of("AC"))));
                assertEquals(Optional.empty(), reward.referee());
                assertEquals(Optional.empty(), reward.digest());
            }
        }
    }

    @Test
    void saysWhichPlugInCannotBeLoaded(@TempDir Path directory) throws IOException {
        try (URLClassLoader loader = listing(directory, "no.such.Plugin")) {
            IllegalStateException e =
                    assertThrows(IllegalStateException.class, () -> Rewards.load(loader));
            String start =
                    "a reward plug-in cannot be loaded; mend it or take it off the class path: ";
            assertTrue(e.getMessage().startsWith(start), e.getMessage());
            assertTrue(e.getMessage().contains("no.such.Plugin"), e.getMessage());
        }
    }

    private static URLClassLoader listing(Path directory, String provider) throws IOException {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(services.resolve(RewardProvider.class.getName()), provider + "\n");
        URL[] urls = {directory.toUri().toURL()};
        return new URLClassLoader(urls, RewardsTest.class.getClassLoader());
    }

    @Test
    void sortsNames() {
        List<RewardProvider<?>> given =
                List.of(TestProviders.named("b"), TestProviders.named("a-b"));
        assertEquals(List.of("a-b", "b"), Rewards.of(given).names());
    }

    @Test
    void namesBothClassesOfDuplicateName() {
        RewardProvider<?> other = TestProviders.named("gc-content");
        assertEquals(
                "name of a reward must be unique, got 'gc-content' from both"
                        + " dev.tiller.rewards.sequence.GcContent$Provider and "
                        + other.getClass().getName()
                        + "; remove one of them from the class path",
                failure(() -> Rewards.of(List.of(new GcContent.Provider(), other))));
    }

    @Test
    void rejectsNameThatIsNotKebabCase() {
        RewardProvider<?> provider = TestProviders.named("GC_content");
        assertEquals(
                "name of "
                        + provider.getClass().getName()
                        + " must be kebab case, got GC_content; write for example gc-content",
                failure(() -> Rewards.of(List.of(provider))));
    }

    @Test
    void listsKnownRewardsForUnknownName() {
        Rewards two = Rewards.of(List.of(new GcContent.Provider(), new SequenceMotif.Provider()));
        assertEquals(
                "unknown reward 'gc-contet'; known rewards: gc-content, sequence-motif (did you"
                        + " mean 'gc-content'?)",
                failure(() -> two.provider("gc-contet")));
        assertEquals(
                "unknown reward 'solubility'; known rewards: gc-content, sequence-motif",
                failure(() -> two.describe("solubility")));
        assertEquals(
                "unknown reward 'x'; no reward is on the class path",
                failure(() -> Rewards.of(List.of()).provider("x")));
    }

    @Test
    void createsRewardFromCommandLineText() {
        Map<String, String> options = Map.of("target", "0.4");
        try (Reward reward = rewards.create("gc-content", options, RewardContext.cpu())) {
            double[] scores = reward.score(new Designs(List.of("GCAAA")));
            assertArrayEquals(new double[] {0}, scores, 1e-15);
        }
    }

    @Test
    void createsRewardFromEnumInKebabCase() {
        Map<String, Object> options = Map.of("mode", "count", "motif", "aa");
        try (Reward reward = rewards.create("sequence-motif", options, RewardContext.cpu())) {
            assertArrayEquals(new double[] {3}, reward.score(new Designs(List.of("AAAA"))));
        }
    }

    @Test
    void namesRewardWhoseOptionIsOutOfRange() {
        assertEquals(
                "reward 'gc-content': target must be in [0, 1], got 1.5; 0.5 is half of the"
                        + " letters",
                failure(
                        () ->
                                rewards.create(
                                        "gc-content", Map.of("target", 1.5), RewardContext.cpu())));
    }

    @Test
    void describesOptions() {
        assertEquals(
                List.of(new RewardOption("target", "number", "0.5")),
                rewards.describe("gc-content"));
        assertEquals(
                List.of(
                        new RewardOption("motif", "text", "GCCACC"),
                        new RewardOption("mode", "count|presence|best-match", "best-match")),
                rewards.describe("sequence-motif"));
    }

    @Test
    void acceptsModelWhoseLettersCanBeRead() {
        Reward reward = new TestProviders.Length("length", "ACGTU");
        Rewards.requireReadable(reward, "ACGT", "dna");
        Rewards.requireReadable(reward, "", "silent");
    }

    @Test
    void namesModelLettersThatCannotBeRead() {
        Reward reward = new TestProviders.Length("length", "ACGT");
        assertEquals(
                "reward 'length' must read every letter of model 'rna' (ACGUN), got one that reads"
                        + " ACGT and not UN; choose another reward or another model",
                failure(() -> Rewards.requireReadable(reward, "ACGUN", "rna")));
    }

    @Test
    void namesWhatTheModelMakes() {
        Reward reward = new TestProviders.Length("length", "ACGT");
        Rewards.requireNotation(reward, Notation.SEQUENCE, "dna");
        assertEquals(
                "reward 'length' must read the molecules of model 'qm9', got one that reads"
                        + " sequences; choose another reward or another model",
                failure(() -> Rewards.requireNotation(reward, Notation.SMILES, "qm9")));
    }

    private static String failure(Executable action) {
        return assertThrows(IllegalArgumentException.class, action).getMessage();
    }
}
