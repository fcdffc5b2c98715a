package dev.tiller.zoo.torchscript;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptArchiveTest {
    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("tiny.pt");
    }

    private String complaint(TinyScript script) {
        script.write(file());
        return complaint();
    }

    private String complaint() {
        String text =
                assertThrows(IllegalArgumentException.class, () -> ScriptArchive.check(file()))
                        .getMessage();
        assertEquals(1, text.lines().count(), text);
        return text;
    }

    @Test
    void acceptsTracedAndFrozenModules() {
        for (int method : new int[] {ZipEntry.STORED, ZipEntry.DEFLATED}) {
            Path traced = TinyScript.of(TinyScript.TRACED).write(file(), method);
            assertDoesNotThrow(() -> ScriptArchive.check(traced));
            Path frozen = TinyScript.frozen().write(file(), method);
            assertDoesNotThrow(() -> ScriptArchive.check(frozen));
        }
    }

    @Test
    void refusesLiveDropoutAndSaysHowToExport() {
        String text = complaint(TinyScript.of(TinyScript.SCRIPTED));
        assertEquals(
                "TorchScript module "
                        + file()
                        + " must do the same in each call, but code/__torch__.py calls"
                        + " torch.dropout with the training flag training; export it with"
                        + " torch.jit.trace(model.eval(), example) or"
                        + " torch.jit.freeze(torch.jit.script(model.eval()))",
                text);
    }

    @Test
    void refusesLiveDropoutInTheCodeOfAPart() {
        String part = "def f(x: Tensor, t: bool) -> Tensor:\n  return torch.dropout(x, 0.5, t)\n";
        String text =
                complaint(
                        TinyScript.of(TinyScript.TRACED)
                                .with("code/__torch__/parts.py", TinyScript.utf8(part)));
        assertTrue(text.contains("but code/__torch__/parts.py calls torch.dropout"), text);
    }

    @Test
    void refusesAFlagThatIsReadAndWasSavedAsTrue() {
        String body = TinyScript.TRACED.replace("return", "flag = self.training\n    return");
        Path inEvaluation = TinyScript.of(body).write(file());
        assertDoesNotThrow(() -> ScriptArchive.check(inEvaluation));
        String text =
                complaint(TinyScript.of(body).with("data.pkl", TinyScript.module(true, true)));
        assertTrue(text.contains("looks at 'training', which was saved as True"), text);
        Path unread =
                TinyScript.of(TinyScript.TRACED)
                        .with("data.pkl", TinyScript.module(true, true))
                        .write(file());
        assertDoesNotThrow(() -> ScriptArchive.check(unread));
    }

    @Test
    void namesTheMissingPart() {
        for (String part : new String[] {"data.pkl", "constants.pkl", "version"}) {
            String text = complaint(TinyScript.of(TinyScript.TRACED).without(part));
            assertTrue(text.endsWith(": it has no " + part), text);
        }
        String checkpoint = complaint(TinyScript.of("").without("code/__torch__.py"));
        assertTrue(
                checkpoint.contains("a checkpoint of torch.save; export the module"), checkpoint);
        String other =
                complaint(TinyScript.of("").without("code/__torch__.py").without("data.pkl"));
        assertTrue(other.endsWith(": it has no code"), other);
    }

    @Test
    void refusesStoragesThatAreSmallerThanStated() {
        String shortened = complaint(TinyScript.of(TinyScript.TRACED).with("data/0", new byte[20]));
        assertTrue(shortened.endsWith("data/0 must hold 6 numbers, got 20 bytes"), shortened);
        String absent = complaint(TinyScript.of(TinyScript.TRACED).without("data/1"));
        assertTrue(absent.endsWith("data/1 must hold 2 numbers, got 0 bytes"), absent);
        String constant = complaint(TinyScript.frozen().without("constants/1"));
        assertTrue(constant.endsWith("constants/1 must hold 2 numbers, got 0 bytes"), constant);
        byte[] unknown = new TinyScript.Pickle().storage("MadeUpStorage", "0", 1).end();
        String type = complaint(TinyScript.of(TinyScript.TRACED).with("data.pkl", unknown));
        assertTrue(type.endsWith("data/0 is of the unknown type MadeUpStorage"), type);
    }

    @Test
    void refusesMalformedPickles() {
        byte[] whole = TinyScript.module(true, false);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            String text = complaint(TinyScript.of(TinyScript.TRACED).with("data.pkl", cut));
            assertTrue(text.endsWith("data.pkl: its pickle ends in the middle"), text);
        }
        String[] bad = {"t.", "N(b.", "h\1.", "b.", "i.", "Q.", "NQ.", ".", "}(Nu.", "(R."};
        for (String opcodes : bad) {
            byte[] pickle = new TinyScript.Pickle().raw(opcodes).end();
            String text = complaint(TinyScript.of(TinyScript.TRACED).with("data.pkl", pickle));
            assertTrue(text.contains("data.pkl: its pickle "), text);
        }
    }

    @Test
    void refusesFilesThatAreNoArchive() throws IOException {
        Files.writeString(file(), "not a zip file");
        assertTrue(complaint().contains(": it is not a whole zip file: "), complaint());
        Files.write(file(), new byte[0]);
        complaint();
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file()))) {
            zip.finish();
        }
        assertTrue(complaint().endsWith(": it is an empty zip file"), complaint());
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file()))) {
            zip.putNextEntry(new ZipEntry("data.pkl"));
            zip.closeEntry();
        }
        assertTrue(complaint().endsWith(": its files are not in one folder"), complaint());
    }

    @Test
    void refusesTwoFilesOfOneName() {
        // libtorch ignores the case of letters: it could read one and we another
        String text = complaint(TinyScript.of(TinyScript.TRACED).with("DATA/0", new byte[24]));
        assertTrue(text.endsWith(": it has tiny/DATA/0 twice"), text);
    }

    @Test
    void refusesDamagedContents() throws IOException {
        byte[] bytes = Files.readAllBytes(TinyScript.of(TinyScript.TRACED).write(file()));
        String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
        bytes[text.indexOf("torch.linear")] = 'T';
        Files.write(file(), bytes);
        assertTrue(complaint().endsWith(": tiny/code/__torch__.py is damaged"), complaint());
    }
}
