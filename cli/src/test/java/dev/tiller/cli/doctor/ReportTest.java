package dev.tiller.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Section SECTION =
            Section.of(
                    "Things",
                    "mend it",
                    notes -> {
                        notes.fact("one", 1);
                        notes.line("two: 2: and more");
                        notes.problem("a is b; do c");
                        throw new IllegalStateException("broken\n  here");
                    });

    @Test
    void whatWasFoundBeforeAFailureIsKept() {
        assertEquals("1", SECTION.facts().get("one"));
        assertEquals("2: and more", SECTION.facts().get("two"));
        assertEquals(List.of("a is b; do c", "broken here; mend it"), SECTION.problems());
    }

    @Test
    void textMarksProblems() {
        String text = new Report(true, List.of(SECTION)).text();
        assertEquals(
                List.of(
                        "Things",
                        "  one                 1",
                        "  two                 2: and more",
                        "! a is b; do c",
                        "! broken here; mend it",
                        "Tiller can sample here: 2 problems (see '!')"),
                text.lines().toList());
        assertEquals("Tiller can sample here: no problems", new Report(true, List.of()).text());
    }

    @Test
    void jsonSaysTheSame() throws Exception {
        JsonNode json = new ObjectMapper().readTree(new Report(false, List.of(SECTION)).json());
        assertFalse(json.get("can_sample").asBoolean());
        JsonNode section = json.get("sections").get(0);
        assertEquals("Things", section.get("title").asText());
        assertEquals("1", section.get("facts").get("one").asText());
        assertEquals(2, section.get("problems").size());
        assertTrue(section.get("problems").get(1).asText().startsWith("broken here"));
    }
}
