package dev.tiller.cli.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SetArgumentTest {
    @TempDir private Path folder;

    @Test
    void labelAndSources() {
        assertEquals(
                new SetArgument("smc", List.of("a.fasta", "b.fasta")),
                SetArgument.parse("smc=a.fasta,b.fasta"));
        assertEquals(new SetArgument("smc", List.of("runs/a")), SetArgument.parse("smc=runs/a"));
    }

    @Test
    void labelOfALoneSource() {
        assertEquals("smc-0", SetArgument.parse("runs/smc-0/").label());
        assertEquals("a.b", SetArgument.parse("x/a.b.fasta.gz").label());
        assertEquals("rna-utr5", SetArgument.parse("rna-utr5").label());
    }

    @Test
    void pathsThatExistAreNotTakenApart() throws Exception {
        Path odd = Files.createFile(folder.resolve("a=b,c.fasta"));
        assertEquals(
                new SetArgument("a=b,c", List.of(odd.toString())),
                SetArgument.parse(odd.toString()));
        assertEquals(new SetArgument("x", List.of(odd.toString())), SetArgument.parse("x=" + odd));
    }

    @ParameterizedTest
    @ValueSource(strings = {"=a.fasta", "smc=", "smc=a,,b", "a.fasta,b.fasta"})
    void refuses(String text) {
        assertThrows(IllegalArgumentException.class, () -> SetArgument.parse(text));
    }
}
