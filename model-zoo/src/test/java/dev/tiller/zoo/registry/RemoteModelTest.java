package dev.tiller.zoo.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteModelTest {
    private static final String DIGEST = "0123456789abcdef".repeat(4);
    private static final String LIST =
            """
            {"models": [{"name": "m", "description": "a model", "licence": "CC0-1.0",
              "source": "made up", "files": [{"path": "config.json",
              "url": "https://models.example/m/config.json", "sha256": "%s", "bytes": 12}]}]}
            """
                    .formatted(DIGEST);

    @TempDir private Path folder;

    private static RemoteFile file(String path) {
        return new RemoteFile(path, "https://models.example/x", DIGEST, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "onnx/model.onnx", "a b/c+d_e-f.g", "..a/b..c", "é"})
    void acceptsPathsInTheFolder(String path) {
        assertEquals(path, file(path).path());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "a/../../x",
                "..",
                ".",
                "",
                "/x",
                "a//b",
                "a/",
                "C:/x",
                "C:x",
                "a\\b",
                "..\\x",
                "a/./b",
                "a/ /b",
                "a\0b",
                "a\nb",
                "~/../x",
                ".. /x"
            })
    void refusesPathsThatLeaveTheFolder(String path) {
        String text = assertThrows(IllegalArgumentException.class, () -> file(path)).getMessage();
        assertTrue(text.contains("must be relative and stay in the model's folder"), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://a.example/x",
                "file:///x",
                "jar:https://a.example/x",
                "//a.example/x",
                "https:///x",
                "x",
                "https://a b/",
                ""
            })
    void refusesOtherAddressesThanTheWeb(String url) {
        String text =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new RemoteFile("x", url, DIGEST, 1))
                        .getMessage();
        assertTrue(text.contains("must be of http or https, got '" + url + "'"), text);
    }

    @Test
    void readsDigestsInEitherCase() {
        RemoteFile upper = new RemoteFile("x", "http://a.example/x", DIGEST.toUpperCase(), 1);
        assertEquals(DIGEST, upper.sha256());
        assertThrows(
                IllegalArgumentException.class,
                () -> new RemoteFile("x", "http://a.example/x", DIGEST.substring(1), 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> new RemoteFile("x", "http://a.example/x", DIGEST, 0));
    }

    @Test
    void tellsModelFoldersFromCheckpoints() {
        RemoteModel folderModel =
                new RemoteModel("m", "d", "l", "s", List.of(file("config.json"), file("b")));
        assertTrue(folderModel.isModelFolder());
        assertEquals(2, folderModel.bytes());
        assertFalse(new RemoteModel("m", "d", "l", "s", List.of(file("b.pth"))).isModelFolder());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".hidden", "a/b", "..", "a b", "a.", "-a"})
    void refusesNamesThatAreNoFolder(String name) {
        List<RemoteFile> files = List.of(file("b"));
        assertThrows(
                IllegalArgumentException.class, () -> new RemoteModel(name, "d", "l", "s", files));
    }

    @Test
    void refusesFilesOfOnePath() {
        List<RemoteFile> files = List.of(file("a/B"), file("a/b"));
        String text =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new RemoteModel("m", "d", "l", "s", files))
                        .getMessage();
        assertTrue(text.endsWith("must have different paths, got 'a/b' twice"), text);
    }

    @Test
    void theListOfTheProgramIsValid() {
        List<RemoteModel> models = RemoteList.builtIn().models();
        assertFalse(models.isEmpty());
        for (RemoteModel model : models) {
            boolean saysSo = model.description().contains("checkpoint, usable as it is");
            assertEquals(!model.isModelFolder(), saysSo, model.name());
            for (RemoteFile file : model.files()) {
                assertEquals("https", file.uri().getScheme());
            }
        }
    }

    @Test
    void readsLists() throws IOException {
        Path file = Files.writeString(folder.resolve("remote.json"), LIST);
        RemoteModel model = RemoteList.read(file).models().get(0);
        assertEquals("m", model.name());
        assertEquals(12, model.bytes());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"bytes\": 12|\"bytes\": -1|bytes of 'config.json' must be the size of the file",
                "\"path\": \"config.json\"|\"path\": \"../x\"|path of a remote file must be",
                "\"licence\": \"CC0-1.0\"|\"licence\": \" \"|licence of remote model 'm' must be",
                "\"bytes\": 12|\"bytes\": 12, \"size\": 3|Unrecognized field \"size\"",
                "\"bytes\": 12|\"bytes\": 12, \"bytes\": 13|Duplicate field 'bytes'",
                "]}]}|]}]} x|Unrecognized token 'x'",
                "\"models\": [|\"models\": [null, |models must be objects, got null",
            })
    void refusesMalformedLists(String from, String to, String complaint) throws IOException {
        assertTrue(LIST.contains(from));
        Path file = Files.writeString(folder.resolve("remote.json"), LIST.replace(from, to));
        String text =
                assertThrows(IllegalArgumentException.class, () -> RemoteList.read(file))
                        .getMessage();
        assertTrue(text.startsWith(file + ": " + complaint), text);
    }

    @Test
    void refusesOneNameTwiceInAList() throws IOException {
        String entry = LIST.substring(LIST.indexOf('[') + 1, LIST.lastIndexOf(']'));
        Path file =
                Files.writeString(
                        folder.resolve("remote.json"), LIST.replace(entry, entry + "," + entry));
        String text =
                assertThrows(IllegalArgumentException.class, () -> RemoteList.read(file))
                        .getMessage();
        assertTrue(text.endsWith("models must have different names, got 'm' twice"), text);
    }
}
