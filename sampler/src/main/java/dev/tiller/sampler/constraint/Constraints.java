package dev.tiller.sampler.constraint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What every design must satisfy, as a user writes it.
 *
 * <p>Positions count from 1. A <em>pattern</em> has one element for each position: a letter of the
 * alphabet; a dot for any letter; {@code [AC]} for one of some letters and {@code [^AC]} for all
 * others; for nucleotides also an IUPAC code (R, Y, S, W, K, M, B, D, H, V, N), for other alphabets
 * X for any letter. A letter of the alphabet always means itself.
 *
 * @param template a pattern for the whole design, or "" for none: {@code ATG....NNN}
 * @param fixed position to the pattern that starts there: {@code 10: GAATTC}
 * @param allowed positions to the letters that may stand there: {@code 1-10,15: ACG}
 * @param exclude letters that may stand nowhere, or ""
 * @param forbid patterns that may occur nowhere; two letters forbid a transition
 * @param require patterns that must each occur somewhere, overlaps allowed
 * @param tied positions that have equal letters: {@code 5=9=13}, or ranges of equal length, {@code
 *     1-20=31-50}
 */
public record Constraints(
        String template,
        Map<Integer, String> fixed,
        Map<String, String> allowed,
        String exclude,
        List<String> forbid,
        List<String> require,
        List<String> tied) {
    /** No constraint at all. */
    public static final Constraints NONE =
            new Constraints("", Map.of(), Map.of(), "", List.of(), List.of(), List.of());

    /** Copies the collections. */
    public Constraints {
        fixed = Collections.unmodifiableMap(new TreeMap<>(fixed));
        allowed = Collections.unmodifiableMap(new LinkedHashMap<>(allowed));
        forbid = List.copyOf(forbid);
        require = List.copyOf(require);
        tied = List.copyOf(tied);
    }

    /**
     * Reads constraints from plain maps, lists, strings and numbers, the shape of a parsed YAML or
     * JSON file. The keys are the names of this record's components, all optional; {@code exclude}
     * may be a list of letters, a group of {@code tied} a list of positions.
     *
     * @param map the keys and values
     * @return the constraints
     * @throws IllegalArgumentException naming the key, what it must be and what was got
     */
    public static Constraints parse(Map<String, ?> map) {
        return new ConstraintReader(map).read();
    }

    /**
     * Returns the canonical form that {@link #parse} reads.
     *
     * @return strings, lists of strings and maps of strings; keys without constraint are left out
     */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        if (!template.isEmpty()) {
            map.put("template", template);
        }
        if (!fixed.isEmpty()) {
            Map<String, String> positions = new LinkedHashMap<>();
            fixed.forEach((position, pattern) -> positions.put(position.toString(), pattern));
            map.put("fixed", positions);
        }
        if (!allowed.isEmpty()) {
            map.put("allowed", new LinkedHashMap<>(allowed));
        }
        if (!exclude.isEmpty()) {
            map.put("exclude", exclude);
        }
        putList(map, "forbid", forbid);
        putList(map, "require", require);
        putList(map, "tied", tied);
        return map;
    }

    private static void putList(Map<String, Object> map, String key, List<String> values) {
        if (!values.isEmpty()) {
            map.put(key, new ArrayList<>(values));
        }
    }

    /**
     * Tells whether nothing is asked for.
     *
     * @return true if there is no constraint
     */
    public boolean isEmpty() {
        return equals(NONE);
    }

    /** Returns these constraints without those of some keys. */
    Constraints without(List<String> keys) {
        Map<String, Object> rest = toMap();
        rest.keySet().removeAll(keys);
        return parse(rest);
    }

    /**
     * Checks the constraints against an alphabet and a length and makes them ready for sampling.
     *
     * @param alphabet the letters, token 0 first; at most 64
     * @param length L, letters per design
     * @return the compiled constraints
     * @throws IllegalArgumentException if a letter or position does not exist, if no design
     *     satisfies all constraints, or if deciding that together takes more than {@link
     *     CompiledConstraints#MAX_STATES} states at a position
     */
    public CompiledConstraints compile(String alphabet, int length) {
        return CompiledConstraints.of(this, alphabet, length);
    }
}
