package dev.tiller.sampler.constraint;

import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Lists the designs of a small space and filters them by regular expressions, sharing no code with
 * the compiled constraints; and makes random constraints for such spaces.
 */
public final class AllDesigns {
    /** The letters of the small spaces. */
    public static final String ALPHABET = "ABC";

    private static final String[] ELEMENTS = {"A", "B", "C", ".", "[AB]", "[^A]", "[BC]", "[^B]"};
    private static final String[] LETTERS = {"A", "B", "C", "AB", "AC", "BC"};

    private AllDesigns() {}

    /** Returns all designs of a length that satisfy some constraints, in the order of tokens. */
    public static List<String> satisfying(Constraints constraints, int length) {
        List<String> prefixes = List.of("");
        for (int i = 0; i < length; i++) {
            List<String> longer = new ArrayList<>();
            for (String prefix : prefixes) {
                for (char letter : ALPHABET.toCharArray()) {
                    longer.add(prefix + letter);
                }
            }
            prefixes = longer;
        }
        return prefixes.stream().filter(rule(constraints)).toList();
    }

    /** Tells whether one design satisfies constraints written for {@link #ALPHABET}. */
    public static boolean satisfies(String design, Constraints constraints) {
        return rule(constraints).test(design);
    }

    /** Returns all constraints as one condition on a design. */
    public static Predicate<String> rule(Constraints constraints) {
        List<Predicate<String>> rules = new ArrayList<>();
        if (!constraints.template().isEmpty()) {
            rules.add(Pattern.compile(constraints.template()).asMatchPredicate());
        }
        constraints.fixed().forEach((position, letters) -> rules.add(at(position, letters)));
        for (Map.Entry<String, String> allowed : constraints.allowed().entrySet()) {
            for (String range : allowed.getKey().split(",")) {
                int[] ends = ends(range);
                int count = ends[1] - ends[0] + 1;
                rules.add(at(ends[0], "[" + allowed.getValue() + "]{" + count + "}"));
            }
        }
        if (!constraints.exclude().isEmpty()) {
            rules.add(found("[" + constraints.exclude() + "]").negate());
        }
        for (String tie : constraints.tied()) {
            String[] parts = tie.split("=");
            for (String part : parts) {
                rules.add(design -> part(design, parts[0]).equals(part(design, part)));
            }
        }
        constraints.forbid().forEach(motif -> rules.add(found(motif).negate()));
        constraints.require().forEach(motif -> rules.add(found(motif)));
        return design -> rules.stream().allMatch(rule -> rule.test(design));
    }

    private static Predicate<String> found(String regex) {
        return Pattern.compile(regex).asPredicate();
    }

    /** Returns whether a design has something that begins at a position. */
    private static Predicate<String> at(int position, String regex) {
        return Pattern.compile(".{" + (position - 1) + "}" + regex + ".*").asMatchPredicate();
    }

    private static int[] ends(String range) {
        String[] ends = range.split("-");
        return new int[] {Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1])};
    }

    private static String part(String design, String range) {
        return design.substring(ends(range)[0] - 1, ends(range)[1]);
    }

    /** Makes random constraints, a function of the number alone; most have designs, some none. */
    public static Constraints random(long number, int length) {
        Dice dice = new Dice(number);
        StringBuilder template = new StringBuilder();
        for (int i = 0; i < length && dice.roll(1) == 0; i++) {
            template.append(dice.roll(3) == 0 ? dice.of(ELEMENTS) : ".");
        }
        Map<Integer, String> fixed = new TreeMap<>();
        if (dice.roll(4) == 0) {
            int position = 1 + dice.roll(length);
            fixed.put(position, dice.pattern(1 + dice.roll(Math.min(2, length - position + 1))));
        }
        Map<String, String> allowed = new LinkedHashMap<>();
        if (dice.roll(3) == 0) {
            int first = 1 + dice.roll(length);
            allowed.put(first + "-" + (first + dice.roll(length - first + 1)), dice.of(LETTERS));
        }
        List<String> tied = new ArrayList<>();
        for (int i = dice.roll(3); i > 0 && length > 1; i--) {
            int size = 1 + dice.roll(length / 2);
            int first = 1 + dice.roll(length - size);
            int second = first + 1 + dice.roll(length - size - first + 1);
            tied.add(tie(first, size) + "=" + tie(second, size));
        }
        return new Constraints(
                dice.roll(4) == 0 ? template.toString() : "",
                fixed,
                allowed,
                dice.roll(5) == 0 ? dice.of(LETTERS).substring(0, 1) : "",
                dice.patterns(dice.roll(3)),
                dice.patterns(dice.roll(3)),
                tied);
    }

    private static String tie(int first, int size) {
        return size == 1 ? String.valueOf(first) : first + "-" + (first + size - 1);
    }

    private static final class Dice {
        private final double[] rolls = new double[200];
        private int next;

        Dice(long number) {
            new Philox(5).fill(number, 0, Purpose.TRAINING_INPUT, 0, rolls);
        }

        int roll(int sides) {
            return (int) (sides * rolls[next++]);
        }

        String of(String[] texts) {
            return texts[roll(texts.length)];
        }

        String pattern(int size) {
            StringBuilder pattern = new StringBuilder();
            for (int i = 0; i < size; i++) {
                pattern.append(of(ELEMENTS));
            }
            return pattern.toString();
        }

        List<String> patterns(int count) {
            List<String> patterns = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                patterns.add(pattern(1 + roll(3)));
            }
            return patterns;
        }
    }
}
