package dev.tiller.rewards.external;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The messages of the package, as JSON without line ends. */
final class ScoreProtocol {
    private static final int SHOWN = 80;
    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS) // Python writes NaN
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .build();

    private ScoreProtocol() {}

    /** The longest answer worth reading: room for an error message per design. */
    static int mostBytes(int designs) {
        return (int) Math.min(Integer.MAX_VALUE - 8L, 65_536L + 4_096L * designs);
    }

    static String request(long id, List<String> designs) {
        ObjectNode request = MAPPER.createObjectNode().put("id", id);
        designs.forEach(request.putArray("designs")::add);
        try {
            return MAPPER.writeValueAsString(request);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a request cannot be written", e);
        }
    }

    /** Reads a handshake; empty if the text is something else. */
    static Optional<Handshake> handshake(String text) {
        try {
            JsonNode message = MAPPER.readTree(text);
            return message.path("ready").asBoolean(false)
                    ? Optional.of(new Handshake(message.path("version").asText("")))
                    : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** Reads an answer; it must be whole, of this request, and of the right size. */
    static Answer answer(String text, long id, int designs) throws BatchFailure {
        JsonNode message = parse(text);
        JsonNode answered = message.path("id");
        JsonNode scores = message.path("scores");
        if (!answered.isIntegralNumber() || !answered.canConvertToLong()) {
            throw wrong("an answer without an id", text);
        }
        if (answered.longValue() != id) {
            throw wrong("an answer to request " + answered + " instead of " + id, text);
        }
        if (!scores.isArray()) {
            throw wrong("an answer without a list of scores", text);
        }
        if (scores.size() != designs) {
            throw wrong(scores.size() + " scores for " + designs + " designs", text);
        }
        double[] numbers = new double[designs];
        String[] reasons = new String[designs];
        for (int row = 0; row < designs; row++) {
            numbers[row] = scores.get(row).doubleValue();
            reasons[row] = reason(scores.get(row));
        }
        addErrors(message.path("errors"), reasons, text);
        return new Answer(numbers, reasons, List::of);
    }

    private static JsonNode parse(String text) throws BatchFailure {
        try {
            JsonNode message = MAPPER.readTree(text);
            if (message.isObject()) {
                return message;
            }
        } catch (JsonProcessingException e) {
            throw wrong("no JSON", text);
        }
        throw wrong("no JSON object", text);
    }

    private static String reason(JsonNode score) {
        if (score.isNull()) {
            return "no score was given";
        }
        if (!score.isNumber()) {
            return "its score is no number: " + shortened(score.toString());
        }
        return Double.isFinite(score.doubleValue()) ? null : "its score is " + score.asText();
    }

    private static void addErrors(JsonNode errors, String[] reasons, String text)
            throws BatchFailure {
        if (!errors.isMissingNode() && !errors.isNull() && !errors.isObject()) {
            throw wrong("errors that are no object", text);
        }
        for (Map.Entry<String, JsonNode> error : errors.properties()) {
            if (!error.getKey().matches("\\d{1,9}")
                    || Integer.parseInt(error.getKey()) >= reasons.length) {
                throw wrong("an error for a design that was not asked", text);
            }
            if (!error.getValue().isNull()) {
                JsonNode value = error.getValue();
                String reason = value.isTextual() ? value.textValue() : value.toString();
                reasons[Integer.parseInt(error.getKey())] = shortened(reason);
            }
        }
    }

    private static BatchFailure wrong(String what, String text) {
        return new BatchFailure("it gave " + what + ": " + shortened(text), List.of());
    }

    /** A text on one line, and not longer than an error message bears. */
    static String shortened(String text) {
        StringBuilder line = new StringBuilder();
        text.strip()
                .chars()
                .limit(SHOWN)
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .forEach(c -> line.append((char) c));
        return text.strip().length() > SHOWN ? line + "..." : line.toString();
    }

    /**
     * What a program may say before its first answer.
     *
     * @param version its version, or empty
     */
    record Handshake(String version) {}
}
