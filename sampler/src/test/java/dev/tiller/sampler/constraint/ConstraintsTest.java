package dev.tiller.sampler.constraint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConstraintsTest {
    private static Constraints parse(String json) {
        try {
            return Constraints.parse(
                    new ObjectMapper().readValue(json, new TypeReference<Map<String, ?>>() {}));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void readsAllKeys() {
        Constraints constraints =
                parse(
                        """
                        {"template": " ATG..NN ", "fixed": {"3": "GA", "10": "[AC]."},
                         "allowed": {"1-10,15": "ACG", "20": "R"}, "exclude": ["C", "M"],
                         "forbid": ["GAATTC", "CG"], "require": ["ATG"],
                         "tied": ["1-20=31-50", [5, 9, 13]]}
                        """);
        assertEquals(
                "{template=ATG..NN, fixed={3=GA, 10=[AC].}, allowed={1-10,15=ACG, 20=R},"
                        + " exclude=CM, forbid=[GAATTC, CG], require=[ATG],"
                        + " tied=[1-20=31-50, 5=9=13]}",
                constraints.toMap().toString());
        assertEquals(constraints, Constraints.parse(constraints.toMap()));
        assertFalse(constraints.isEmpty());
    }

    @Test
    void nothingIsNoConstraint() {
        assertEquals(Constraints.NONE, parse("{}"));
        assertTrue(parse("{\"forbid\": [], \"template\": null}").isEmpty());
        assertEquals(Map.of(), Constraints.NONE.toMap());
    }

    @Test
    void randomConstraintsSurviveTheirMap() {
        for (int number = 0; number < 200; number++) {
            Constraints constraints = AllDesigns.random(number, 5);
            assertEquals(constraints, Constraints.parse(constraints.toMap()));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"forbidden\": []} | constraints has no key forbidden; the keys are template,"
                        + " fixed, allowed, exclude, forbid, require, tied",
                "{\"template\": 5} | constraints.template must be a pattern such as ATG..NN, got 5",
                "{\"template\": \" \"} | constraints.template must be a pattern such as ATG..NN,"
                        + " got an empty text",
                "{\"fixed\": \"ATG\"} | constraints.fixed must be a map from a position to the"
                        + " letters that start there, such as {10: GAATTC}, got ATG",
                "{\"fixed\": {\"0\": \"A\"}} | constraints.fixed must name positions from 1, such"
                        + " as 5 or 5-9, got 0",
                "{\"fixed\": {\"1-2\": \"A\"}} | constraints.fixed must be keyed by single"
                        + " positions, got 1-2",
                "{\"fixed\": {\"1\": \"A\", \"01\": \"C\"}} | constraints.fixed must be keyed by"
                        + " different positions, got 01 twice",
                "{\"fixed\": {\"4\": false}} | constraints.fixed.4 must be letters such as GAATTC"
                        + " (in quotes, else YAML changes it), got false",
                "{\"allowed\": {\"9-5\": \"A\"}} | constraints.allowed must name positions from 1,"
                        + " such as 5 or 5-9, got 9-5",
                "{\"allowed\": {\"x\": \"A\"}} | constraints.allowed must name positions from 1,"
                        + " such as 5 or 5-9, got x",
                "{\"allowed\": {\"5\": null}} | constraints.allowed.5 must be letters such as ACG,"
                        + " got null",
                "{\"exclude\": 3} | constraints.exclude must be letters such as CM, or a list of"
                        + " letters, got 3",
                "{\"forbid\": \"GAATTC\"} | constraints.forbid must be a list of motifs such as"
                        + " [GAATTC, TATAWR], got GAATTC",
                "{\"require\": [\"\"]} | constraints.require must be a list of motifs such as"
                        + " [GAATTC, TATAWR], got an empty text",
                "{\"tied\": [\"1-3=5-6\"]} | constraints.tied must tie different positions or"
                        + " ranges of equal length, such as 5=9 or 1-20=31-50, got 1-3=5-6",
                "{\"tied\": [\"7\"]} | constraints.tied must tie different positions or ranges of"
                        + " equal length, such as 5=9 or 1-20=31-50, got 7",
                "{\"tied\": [[4, 4]]} | constraints.tied must tie different positions or ranges of"
                        + " equal length, such as 5=9 or 1-20=31-50, got 4=4",
                "{\"tied\": [[4, \"a\"]]} | constraints.tied must name positions from 1, such as 5"
                        + " or 5-9, got a"
            })
    void namesTheKeyTheRuleAndWhatItGot(String json, String message) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> parse(json));
        assertEquals(message, e.getMessage());
    }
}
