package dev.tiller.rewards.external;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A right answer: for each design a number or the reason why there is none.
 *
 * @param numbers one per design; of no meaning where there is a reason
 * @param reasons one per design; null where there is a number
 * @param log says what the program wrote last to its standard error
 */
record Answer(double[] numbers, String[] reasons, Supplier<List<String>> log) {

    /** Whether every design has a number. */
    boolean complete() {
        return Arrays.stream(reasons).allMatch(Objects::isNull);
    }

    Answer withLog(Supplier<List<String>> lines) {
        return new Answer(numbers, reasons, lines);
    }
}
