package dev.tiller.zoo.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.zoo.ModelZoo;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryTest {
    @TempDir private Path folder;

    /** A registry that looks in {@code a}, {@code b} and the user's own folder. */
    private Registry registry() {
        String named =
                String.join(
                        File.pathSeparator,
                        folder.resolve("a").toString(),
                        folder.resolve("b").toString());
        Map<String, String> env =
                Map.of("TILLER_MODELS", named, "TILLER_HOME", folder.resolve("home").toString());
        return new Registry(new Places(env, folder, "Linux"));
    }

    private Path model(String place, String name) throws IOException {
        Path path = Files.createDirectories(folder.resolve(place));
        Files.writeString(
                path.resolve("config.json"),
                """
                {"name": "%s", "kind": "denoiser", "architecture": "dna-conv",
                 "architecture_config": {"hidden": 8}, "alphabet": "ACGT", "length": 50,
                 "schedule": {"name": "log-linear", "eps": 0.001}}
                """
                        .formatted(name));
        return path;
    }

    private static List<FoundModel> notBuiltIn(Registry registry) {
        return registry.models().stream()
                .filter(model -> !model.place().equals(Registry.BUILT_IN))
                .toList();
    }

    private String complaint(String name) {
        String text =
                assertThrows(IllegalArgumentException.class, () -> registry().find(name))
                        .getMessage();
        assertEquals(1, text.lines().count(), text);
        return text;
    }

    @Test
    void listsTheBuiltInModelsFirst() {
        List<String> names = registry().models().stream().map(FoundModel::name).toList();
        assertEquals(ModelZoo.names(), names);
        for (String name : names) {
            assertEquals(name, registry().find(name).config().name());
        }
    }

    @Test
    void findsModelsInTheOrderOfTheSearch() throws IOException {
        Path single = model("a", "first");
        Path child = model("b/child", "second");
        Path own = model("home/models/own", "third");
        List<FoundModel> found = notBuiltIn(registry());
        assertEquals(
                List.of("first", "second", "third"), found.stream().map(FoundModel::name).toList());
        assertEquals(single.toString(), found.get(0).place());
        assertEquals(child.toString(), registry().find("second").toString());
        assertEquals(own.toString(), registry().find("third").toString());
    }

    @Test
    void aNameInConfigJsonComesBeforeTheNameOfAFolder() throws IOException {
        model("a/tiny", "other");
        Path named = model("b/x", "tiny");
        assertEquals(named.toString(), registry().find("tiny").toString());
        assertEquals("tiny", registry().find("x").config().name());
    }

    @Test
    void theFirstOfTwoModelsOfOneNameIsMeant() throws IOException {
        Path first = model("a/x", "twin");
        model("b/y", "twin");
        model("b/z", ModelZoo.names().get(0));
        List<FoundModel> found = notBuiltIn(registry());
        assertEquals(List.of(false, true, true), found.stream().map(FoundModel::shadowed).toList());
        assertEquals(first.toString(), registry().find("twin").toString());
        String builtIn = registry().find(ModelZoo.names().get(0)).toString();
        assertTrue(builtIn.startsWith("resource:"), builtIn);
    }

    @Test
    void aPathComesBeforeTheSearch() throws IOException {
        Path elsewhere = model("elsewhere/here", "here");
        model("a/here", "here");
        assertEquals(elsewhere.toString(), registry().find(elsewhere.toString()).toString());
    }

    @Test
    void aBrokenFolderIsListedWithItsProblem() throws IOException {
        model("a/whole", "whole");
        Path broken = model("a/broken", "broken");
        Files.writeString(broken.resolve("config.json"), "{\"name\":\n\"x\",,}");
        List<FoundModel> found = notBuiltIn(registry());
        assertEquals(2, found.size());
        assertEquals("broken", found.get(0).name());
        assertNull(found.get(0).config());
        assertTrue(
                found.get(0).problem().startsWith(broken.resolve("config.json") + ": Unexpected"),
                found.get(0).problem());
        assertEquals(1, found.get(0).problem().lines().count());
        assertEquals("whole", registry().find("whole").config().name());
        assertTrue(complaint("broken").contains("config.json: Unexpected"));
    }

    @Test
    void aFolderIsListedOnce() throws IOException {
        model("a", "one");
        Places places =
                new Places(
                        Map.of(
                                "TILLER_MODELS",
                                folder.resolve("a") + File.pathSeparator + folder,
                                "TILLER_HOME",
                                folder.resolve("home").toString()),
                        folder,
                        "Linux");
        assertEquals(1, notBuiltIn(new Registry(places)).size());
    }

    @Test
    void hiddenAndOtherFoldersAreLeftOut() throws IOException {
        model("a/.one.partial", "one");
        Files.createDirectories(folder.resolve("a/empty"));
        Files.writeString(folder.resolve("a/file"), "");
        assertEquals(List.of(), notBuiltIn(registry()));
    }

    @Test
    void anUnknownNameSaysWhatIsNearAndWhereWasLooked() throws IOException {
        model("a/x", "enhancer-hepg2");
        String text = complaint("enhancer-hepg");
        assertTrue(
                text.startsWith(
                        "unknown model 'enhancer-hepg' (did you mean 'enhancer-hepg2'?);"
                                + " built-in models: "),
                text);
        assertTrue(
                text.contains(
                        "; looked in "
                                + folder.resolve("a")
                                + ", "
                                + folder.resolve("b")
                                + ", "
                                + folder.resolve("home/models")),
                text);
        complaint("");
        complaint("a\0b");
    }

    @Test
    void remoteModelsSayHowToFetchThem() throws IOException {
        assertEquals(
                "model 'gdss-qm9' was not fetched; run: tiller models fetch gdss-qm9",
                complaint("gdss-qm9"));
        RemoteModel remote = registry().remote("gdss-qm9");
        assertTrue(registry().fetched(remote).isEmpty());
        Path there = Files.createDirectories(folder.resolve("home/models/gdss-qm9"));
        Files.write(there.resolve("gdss_qm9.pth"), new byte[(int) remote.bytes()]);
        assertEquals(there, registry().fetched(remote).orElseThrow());
        assertTrue(complaint("gdss-qm9").contains("is a published checkpoint in " + there));
        String unknown =
                assertThrows(IllegalArgumentException.class, () -> registry().remote("gdss-qm"))
                        .getMessage();
        assertTrue(unknown.startsWith("unknown remote model 'gdss-qm' (did you mean 'gdss-qm9'?)"));
    }

    @Test
    void foldersMayHaveListsOfTheirOwn() throws IOException {
        Files.createDirectories(folder.resolve("a"));
        Files.createDirectories(folder.resolve("b"));
        Files.writeString(
                folder.resolve("a/remote.json"),
                """
                {"models": [{"name": "gdss-qm9", "description": "another", "licence": "l",
                   "source": "s", "files": [{"path": "x", "url": "http://a.example/x",
                   "sha256": "%1$s", "bytes": 1}]},
                  {"name": "mine", "description": "d", "licence": "l", "source": "s",
                   "files": [{"path": "x", "url": "http://a.example/x", "sha256": "%1$s",
                   "bytes": 1}]}]}
                """
                        .formatted("0".repeat(64)));
        Files.writeString(folder.resolve("b/remote.json"), "[]");
        Registry.Remotes remotes = registry().remotes();
        assertEquals("mine", registry().remote("mine").name());
        assertFalse(registry().remote("gdss-qm9").description().equals("another"));
        assertEquals(1, remotes.problems().size());
        String problem = remotes.problems().get(0);
        assertTrue(problem.startsWith(folder.resolve("b/remote.json") + ": "), problem);
        assertEquals(1, problem.lines().count());
    }
}
