package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.sequence.Fasta;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is true. */
class ReadmeIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @TempDir private Path folder;

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }

    @Test
    void theJavaExampleIsTheOneThatCompiles() throws Exception {
        String readme = Files.readString(ROOT.resolve("README.md"));
        String source =
                Files.readString(
                        ROOT.resolve("cli/src/test/java/dev/tiller/cli/ReadmeExample.java"));
        String code = source.split("// README begin")[1].split("// README end")[0];
        String shown = readme.split("```java")[1].split("```")[0];
        assertEquals(squeezed(code), squeezed(shown));
    }

    @Test
    void theJavaExampleMakesTheDesignsOfTheCommandLine() throws Exception {
        Path run = folder.resolve("run");
        CommandLineRun.of("sample", "--num", 3, "--out", run, "--quiet");
        List<String> designs =
                Fasta.read(run.resolve("designs.fasta"), "ACGT").stream()
                        .map(Fasta.Record::sequence)
                        .toList();
        assertEquals(designs, ReadmeExample.designs());
    }

    @Test
    void namesTheTestCommandAndThePicture() throws Exception {
        String readme = Files.readString(ROOT.resolve("README.md"));
        assertTrue(readme.contains("mvn -B verify"));
        assertTrue(Files.size(ROOT.resolve("docs/rewards.png")) > 5000);
        assertTrue(readme.contains("docs/rewards.png"));
    }
}
