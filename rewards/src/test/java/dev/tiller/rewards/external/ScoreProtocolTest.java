package dev.tiller.rewards.external;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScoreProtocolTest {

    @Test
    void writesRequestsOnOneLineInAscii() {
        assertEquals(
                "{\"id\":3,\"designs\":[\"AC\",\"\",\"a\\n\\\"\\u00E9\"]}",
                ScoreProtocol.request(3, List.of("AC", "", "a\n\"\u00e9")));
    }

    @Test
    void readsNumbersExactly() throws BatchFailure {
        String text =
                "{\"name\":\"x\",\"scores\":[1,-0.1,4.9e-324,1.7976931348623157E308],\"id\":5}";
        Answer answer = ScoreProtocol.answer(text, 5, 4);
        assertTrue(answer.complete());
        assertArrayEquals(
                new double[] {1, -0.1, Double.MIN_VALUE, Double.MAX_VALUE}, answer.numbers());
    }

    @Test
    void saysWhyDesignsHaveNoNumber() throws BatchFailure {
        String text =
                "{\"id\":5,\"scores\":[null,NaN,-Infinity,\"7\",1e999,2,3],"
                        + "\"errors\":{\"0\":\"no\\nfold\",\"5\":{\"code\":3},\"6\":null}}";
        Answer answer = ScoreProtocol.answer(text, 5, 7);
        assertArrayEquals(
                new String[] {
                    "no fold",
                    "its score is NaN",
                    "its score is -Infinity",
                    "its score is no number: \"7\"",
                    "its score is Infinity",
                    "{\"code\":3}",
                    null
                },
                answer.reasons());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "nonsense                        | it gave no JSON: nonsense",
                "{\"id\":5,\"scores\":[1,2       | it gave no JSON: {\"id\":5,\"scores\":[1,2",
                "7                               | it gave no JSON object: 7",
                "{\"scores\":[1,2]}              | it gave an answer without an id:"
                        + " {\"scores\":[1,2]}",
                "{\"id\":\"5\",\"scores\":[1,2]} | it gave an answer without an id:"
                        + " {\"id\":\"5\",\"scores\":[1,2]}",
                "{\"id\":4,\"scores\":[1,2]}     | it gave an answer to request 4 instead of 5:"
                        + " {\"id\":4,\"scores\":[1,2]}",
                "{\"id\":5,\"error\":\"boo\"}    | it gave an answer without a list of scores:"
                        + " {\"id\":5,\"error\":\"boo\"}",
                "{\"id\":5,\"scores\":[1]}       | it gave 1 scores for 2 designs:"
                        + " {\"id\":5,\"scores\":[1]}",
                "{\"id\":5,\"scores\":[1,2],\"errors\":[]} | it gave errors that are no object:"
                        + " {\"id\":5,\"scores\":[1,2],\"errors\":[]}",
                "{\"id\":5,\"scores\":[1,2],\"errors\":{\"2\":\"\"}} | it gave an error for a"
                        + " design that was not asked:"
                        + " {\"id\":5,\"scores\":[1,2],\"errors\":{\"2\":\"\"}}",
            })
    void rejectsAnswersThatAreNotRight(String text, String reason) {
        assertEquals(
                reason,
                assertThrows(BatchFailure.class, () -> ScoreProtocol.answer(text, 5, 2))
                        .getMessage());
    }

    @Test
    void tellsHandshakesFromAnswers() {
        assertEquals("", ScoreProtocol.handshake("{\"ready\":true}").orElseThrow().version());
        assertEquals(
                "2",
                ScoreProtocol.handshake("{\"ready\":true,\"version\":\"2\",\"x\":1}")
                        .orElseThrow()
                        .version());
        assertTrue(ScoreProtocol.handshake("{\"id\":0,\"scores\":[1]}").isEmpty());
        assertTrue(ScoreProtocol.handshake("{\"ready\":false}").isEmpty());
        assertTrue(ScoreProtocol.handshake("ready").isEmpty());
    }
}
