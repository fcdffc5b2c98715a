package dev.tiller.sampler.constraint;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of positions, counted from 1.
 *
 * @param first the first position, at least 1
 * @param last the last position, at least {@code first}
 */
record Positions(int first, int last) {
    private static final Pattern RANGE = Pattern.compile("(\\d{1,9})(?:\\s*-\\s*(\\d{1,9}))?");

    /** Reads {@code 5} or {@code 5-9}. */
    static Positions parse(String text, String key) {
        Matcher matcher = RANGE.matcher(text.strip());
        if (matcher.matches()) {
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (first >= 1 && last >= first) {
                return new Positions(first, last);
            }
        }
        throw new IllegalArgumentException(
                "constraints."
                        + key
                        + " must name positions from 1, such as 5 or 5-9, got "
                        + text.strip());
    }

    /** Reads ranges between commas. */
    static List<Positions> parseList(String text, String key) {
        List<Positions> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            ranges.add(parse(part, key));
        }
        return ranges;
    }

    /** Reads at least two ranges of equal length between equal signs. */
    static List<Positions> parseTie(String text) {
        List<Positions> parts = new ArrayList<>();
        for (String part : text.split("=", -1)) {
            parts.add(parse(part, "tied"));
        }
        boolean equal = parts.stream().mapToInt(Positions::count).distinct().count() == 1;
        if (parts.size() < 2 || !equal || parts.stream().distinct().count() < parts.size()) {
            throw new IllegalArgumentException(
                    "constraints.tied must tie different positions or ranges of equal length, such"
                            + " as 5=9 or 1-20=31-50, got "
                            + text);
        }
        return parts;
    }

    int count() {
        return last - first + 1;
    }

    /** Checks that a design has these positions. */
    Positions within(int length, String key) {
        if (last > length) {
            throw new IllegalArgumentException(
                    "constraints."
                            + key
                            + " must name positions in 1-"
                            + length
                            + ", the length of a design, got "
                            + last);
        }
        return this;
    }
}
