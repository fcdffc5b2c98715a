package dev.tiller.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.zoo.registry.Places;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderChecksTest {
    @TempDir private Path folder;

    private FolderChecks checks(String cache, String... models) {
        return new FolderChecks(
                new Places(
                        Map.of(
                                "TILLER_CACHE",
                                cache,
                                "TILLER_HOME",
                                folder.resolve("home").toString(),
                                "TILLER_MODELS",
                                String.join(File.pathSeparator, models)),
                        folder,
                        "Linux"));
    }

    @Test
    void measuresTheCache() throws IOException {
        Path cache = Files.createDirectories(folder.resolve("cache/onnx")).getParent();
        Files.write(cache.resolve("onnx/a"), new byte[1500]);
        Section section = checks(cache.toString()).cache();
        assertEquals("1.5 kB", section.facts().get("size"));
        assertEquals(List.of(), section.problems());
    }

    @Test
    void aCacheThatIsNotThereYetIsNoProblem() {
        Section section = checks(folder.resolve("a/b").toString()).cache();
        assertEquals("not there yet, made when needed", section.facts().get("size"));
        assertEquals(List.of(), section.problems());
    }

    @Test
    void aCacheThatCannotBeWrittenIsAProblem() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        for (Path cache : List.of(file, file.resolve("below"))) {
            String problem = checks(cache.toString()).cache().problems().get(0);
            assertTrue(
                    problem.startsWith("cache must be a folder that can be written, got " + cache),
                    problem);
            assertTrue(problem.endsWith("; set TILLER_CACHE to another"), problem);
        }
        String malformed = checks("a\0b").cache().problems().get(0);
        assertTrue(malformed.startsWith("TILLER_CACHE must name folders, got 'a"), malformed);
    }

    @Test
    void foldersThatAreNotThereAreProblems() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        Path missing = folder.resolve("missing");
        Section section = checks("c", missing.toString(), file.toString()).models();
        assertEquals(
                List.of(
                        "TILLER_MODELS must name folders, got "
                                + missing
                                + ", which is not there; take it out or make it",
                        "TILLER_MODELS must name folders, got "
                                + file
                                + ", which is a file; take it out or make it"),
                section.problems());
        assertTrue(section.facts().get("found").endsWith(" built in, 0 in folders"));
    }

    @Test
    void brokenModelsAndListsAreProblems() throws IOException {
        Path broken = Files.createDirectories(folder.resolve("models/broken"));
        Files.writeString(broken.resolve("config.json"), "{");
        Files.writeString(folder.resolve("models/remote.json"), "{\"models\": 1}");
        Section section = checks("c", folder.resolve("models").toString()).models();
        assertEquals(2, section.problems().size());
        for (String problem : section.problems()) {
            assertEquals(1, problem.lines().count());
            assertTrue(problem.contains("; mend or remove"), problem);
        }
    }
}
