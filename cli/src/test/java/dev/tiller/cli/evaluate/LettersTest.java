package dev.tiller.cli.evaluate;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class LettersTest {
    @Test
    void sharedByAll() {
        assertEquals("ACGT", Letters.shared(List.of("ACGTU", Letters.ANY, "TGCA")));
        assertThrows(IllegalArgumentException.class, () -> Letters.shared(List.of("AC", "GT")));
    }

    @Test
    void thymineIsNotComparedWithUracil() {
        DesignSet set = new DesignSet("x", 1, "x.fasta", List.of("ACGU", "AAAA"));
        assertThrows(
                IllegalArgumentException.class,
                () -> Letters.requireSameSpelling(set, List.of("ACGT"), "r.tsv"));
        for (String harmless : List.of("ACGU", "ACG", "UT", "TWYK")) {
            assertDoesNotThrow(
                    () -> Letters.requireSameSpelling(set, List.of(harmless), "r.tsv"), harmless);
        }
    }
}
