package dev.tiller.rewards;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SpellingTest {

    @ParameterizedTest
    @ValueSource(strings = {"gc", "gc-content", "p53", "a-1-b"})
    void acceptsKebabCase(String name) {
        assertTrue(Spelling.isKebabCase(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Gc", "gc_content", "-gc", "gc-", "gc--x", "1gc", "gc content"})
    void rejectsOtherCases(String name) {
        assertFalse(Spelling.isKebabCase(name));
        assertFalse(Spelling.isKebabCase(null));
    }

    @ParameterizedTest
    @CsvSource({"'',abc,3", "abc,abc,0", "kitten,sitting,3", "flaw,lawn,2", "GC,gc,0"})
    void countsEdits(String a, String b, int expected) {
        assertEquals(expected, Spelling.editDistance(a, b));
        assertEquals(expected, Spelling.editDistance(b, a));
    }

    @Test
    void suggestsNearestNameOnlyIfClose() {
        List<String> known = List.of("gc-content", "sequence-motif");
        assertEquals(" (did you mean 'gc-content'?)", Spelling.suggestion("gc_contnt", known));
        assertEquals("", Spelling.suggestion("solubility", known));
        assertEquals("", Spelling.suggestion("", known));
        assertEquals("", Spelling.suggestion("gc", List.of()));
        List<String> keys = List.of("steps", "seed", "roll_outs");
        assertEquals(" (did you mean 'roll_outs'?)", Spelling.suggestion("rollouts", keys));
        assertEquals(" (did you mean 'steps'?)", Spelling.suggestion("step", keys));
        assertEquals("", Spelling.suggestion("lr", keys));
    }
}
