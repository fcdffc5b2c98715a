package dev.tiller.rewards;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class OptionBinderTest {
    private static final Many DEFAULTS =
            new Many(0.5, 3, 4L, true, "abc", null, Pick.BEST_MATCH, List.of(1.0, 2.5));
    private static final String PREFIX = "option '%s' of reward 'test-reward' must be of type ";

    enum Pick {
        COUNT,
        BEST_MATCH
    }

    record Many(
            double target,
            int steps,
            Long seed,
            boolean strict,
            String motif,
            Path weights,
            Pick mode,
            List<Double> shares) {
        Many {
            if (!(target >= 0)) {
                throw new IllegalArgumentException("target must be 0 or more, got " + target);
            }
            if (steps == 13) {
                throw new IllegalStateException("a mistake in the plug-in");
            }
        }
    }

    private final OptionBinder<Many> binder = binder(Many.class, DEFAULTS);

    @Test
    void keepsDefaultsWhereNothingIsGiven() {
        assertEquals(DEFAULTS, binder.bind(Map.of()));
    }

    @Test
    void readsTextFromCommandLine() {
        Map<String, String> values =
                Map.of(
                        "target", "0.4",
                        "steps", "7",
                        "seed", "9000000000",
                        "strict", "false",
                        "motif", "",
                        "weights", "dir/weights.bin",
                        "mode", "count",
                        "shares", "0.25, 1e2");
        Path weights = Path.of("dir/weights.bin");
        assertEquals(
                new Many(0.4, 7, 9000000000L, false, "", weights, Pick.COUNT, List.of(0.25, 100.0)),
                binder.bind(values));
    }

    @Test
    void readsTypedValues() {
        Map<String, Object> values =
                Map.of(
                        "target",
                        1,
                        "steps",
                        7L,
                        "seed",
                        8,
                        "strict",
                        false,
                        "motif",
                        "x",
                        "weights",
                        Path.of("w"),
                        "mode",
                        Pick.COUNT,
                        "shares",
                        List.of("1", 2));
        assertEquals(
                new Many(1, 7, 8L, false, "x", Path.of("w"), Pick.COUNT, List.of(1.0, 2.0))
                        .toString()
                        .replace("weights=w", "weights=" + Path.of("w").toAbsolutePath()),
                binder.bind(values).toString());
    }

    @Test
    void keepsOtherDefaultsBesideGivenValues() {
        Many bound = binder.bind(Map.of("steps", 9));
        assertEquals(
                new Many(0.5, 9, 4L, true, "abc", null, Pick.BEST_MATCH, List.of(1.0, 2.5)), bound);
    }

    @Test
    void makesEmptyListFromEmptyText() {
        assertEquals(List.of(), binder.bind(Map.of("shares", "")).shares());
    }

    static List<Arguments> mistypedValues() {
        return List.of(
                Arguments.of("target", "abc", "number, got 'abc'; its default is 0.5"),
                Arguments.of("target", "", "number, got ''; its default is 0.5"),
                Arguments.of("target", "  ", "number, got '  '; its default is 0.5"),
                Arguments.of("target", "null", "number, got 'null'; its default is 0.5"),
                Arguments.of("target", true, "number, got true; its default is 0.5"),
                Arguments.of("target", List.of(1), "number, got 1; its default is 0.5"),
                Arguments.of("steps", 0.5, "integer, got 0.5; its default is 3"),
                Arguments.of("steps", "0.5", "integer, got '0.5'; its default is 3"),
                Arguments.of("steps", 1L << 40, "integer, got 1099511627776; its default is 3"),
                Arguments.of("seed", "x", "integer, got 'x'; its default is 4"),
                Arguments.of("strict", "yes", "true|false, got 'yes'; its default is true"),
                Arguments.of("strict", 1, "true|false, got 1; its default is true"),
                Arguments.of("motif", 12, "text, got 12; its default is abc"),
                Arguments.of("motif", true, "text, got true; its default is abc"),
                Arguments.of("weights", 1.5, "path, got 1.5; its default is none"),
                Arguments.of(
                        "mode", "best", "count|best-match, got 'best'; its default is best-match"),
                Arguments.of("mode", 0, "count|best-match, got 0; its default is best-match"),
                Arguments.of("shares", "1,x", "list of number, got '1,x'; its default is 1.0,2.5"),
                Arguments.of("shares", "1,", "list of number, got '1,'; its default is 1.0,2.5"));
    }

    @ParameterizedTest
    @MethodSource("mistypedValues")
    void rejectsWrongTypeInOneLine(String key, Object value, String expected) {
        assertEquals(PREFIX.replace("%s", key) + expected, failure(Map.of(key, value)));
    }

    @Test
    void rejectsNull() {
        assertEquals(
                PREFIX.replace("%s", "target") + "number, got none; its default is 0.5",
                failure(Collections.singletonMap("target", null)));
        assertEquals(
                PREFIX.replace("%s", "motif") + "text, got none; its default is abc",
                failure(Collections.singletonMap("motif", null)));
    }

    @Test
    void namesNearestAndAllKnownOptionsForUnknownKey() {
        String known =
                "known options: target (number), steps (integer), seed (integer), strict"
                        + " (true|false), motif (text), weights (path), mode (count|best-match),"
                        + " shares (list of number)";
        assertEquals(
                "unknown option 'tarqet' of reward 'test-reward'; "
                        + known
                        + " (did you mean 'target'?)",
                failure(Map.of("tarqet", 1)));
        assertEquals(
                "unknown option 'colour' of reward 'test-reward'; " + known,
                failure(Map.of("colour", 1)));
    }

    @Test
    void saysThatThereAreNoOptions() {
        record None() {}
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> binder(None.class, new None()).bind(Map.of("x", 1)));
        assertEquals(
                "unknown option 'x' of reward 'test-reward'; it has no options", e.getMessage());
    }

    @Test
    void passesOnTheRuleThatTheRecordChecks() {
        assertEquals(
                "reward 'test-reward': target must be 0 or more, got -1.0",
                failure(Map.of("target", "-1")));
        assertEquals(
                "reward 'test-reward': target must be 0 or more, got NaN",
                failure(Map.of("target", "NaN")));
    }

    @Test
    void doesNotBlameTheUserForMistakeOfThePlugIn() {
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> binder.bind(Map.of("steps", 13)));
        assertEquals(
                "plug-in of reward 'test-reward' must have a public options record that can be"
                        + " made, got "
                        + Many.class.getName()
                        + " and java.lang.IllegalStateException: a mistake in the plug-in",
                e.getMessage());
        assertInstanceOf(IllegalStateException.class, e.getCause().getCause());
    }

    @Test
    void describesOptionsInOrder() {
        assertEquals(
                List.of(
                        new RewardOption("target", "number", "0.5"),
                        new RewardOption("steps", "integer", "3"),
                        new RewardOption("seed", "integer", "4"),
                        new RewardOption("strict", "true|false", "true"),
                        new RewardOption("motif", "text", "abc"),
                        new RewardOption("weights", "path", "none"),
                        new RewardOption("mode", "count|best-match", "best-match"),
                        new RewardOption("shares", "list of number", "1.0,2.5")),
                binder.describe());
    }

    private String failure(Map<String, ?> values) {
        return assertThrows(IllegalArgumentException.class, () -> binder.bind(values)).getMessage();
    }

    private static <O extends Record> OptionBinder<O> binder(Class<O> type, O defaults) {
        return new OptionBinder<>(TestProviders.provider("test-reward", type, defaults));
    }
}
