package dev.tiller.sampler.constraint;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a design letter by letter and finds all motifs at once: the Shift-And automaton
 * (Baeza-Yates and Gonnet, "A new approach to text searching", 1992), made deterministic as far as
 * it is visited.
 *
 * <p>A state is the set of all prefixes of motifs that end at the present position. State 0 is that
 * of an empty text.
 */
final class MotifScanner {
    /** Where a letter leads if it completes a forbidden motif. */
    static final int FORBIDDEN = -1;

    private static final int UNKNOWN = -2;

    private final int letters;
    private final BigInteger starts;
    private final BigInteger[] matching;
    private final BigInteger ends;
    private final BigInteger forbiddenEnds;
    private final BigInteger[] requiredEnds;
    private final BigInteger[] requiredBits;
    private final List<BigInteger> states = new ArrayList<>();
    private final Map<BigInteger, Integer> numbers = new HashMap<>();
    private final List<int[]> next = new ArrayList<>();
    private final List<long[]> hits = new ArrayList<>();

    MotifScanner(List<Motif> motifs, int letters) {
        this.letters = letters;
        BigInteger first = BigInteger.ZERO;
        BigInteger last = BigInteger.ZERO;
        BigInteger forbidden = BigInteger.ZERO;
        List<BigInteger> ownEnds = new ArrayList<>();
        List<BigInteger> ownBits = new ArrayList<>();
        matching = new BigInteger[letters];
        Arrays.fill(matching, BigInteger.ZERO);
        int bit = 0;
        for (Motif motif : motifs) {
            int size = motif.sets().length;
            BigInteger end = BigInteger.ZERO.setBit(bit + size - 1);
            first = first.setBit(bit);
            last = last.or(end);
            if (motif.required()) {
                ownEnds.add(end);
                ownBits.add(BigInteger.ONE.shiftLeft(size).subtract(BigInteger.ONE).shiftLeft(bit));
            } else {
                forbidden = forbidden.or(end);
            }
            for (int i = 0; i < size; i++) {
                for (int k = 0; k < letters; k++) {
                    if ((motif.sets()[i] >> k & 1) == 1) {
                        matching[k] = matching[k].setBit(bit + i);
                    }
                }
            }
            bit += size;
        }
        starts = first;
        ends = last;
        forbiddenEnds = forbidden;
        requiredEnds = ownEnds.toArray(BigInteger[]::new);
        requiredBits = ownBits.toArray(BigInteger[]::new);
        number(BigInteger.ZERO);
    }

    /** Returns the set of all required motifs, one bit each. */
    long required() {
        return (1L << requiredEnds.length) - 1;
    }

    /** Returns the state after a letter, or {@link #FORBIDDEN}. */
    int next(int state, int letter) {
        int[] row = next.get(state);
        if (row[letter] == UNKNOWN) {
            visit(state, letter);
        }
        return row[letter];
    }

    /** Returns the required motifs that a letter completes, one bit each. */
    long hits(int state, int letter) {
        next(state, letter);
        return hits.get(state)[letter];
    }

    /** Returns the state without the prefixes of some required motifs, which nobody waits for. */
    int forget(int state, long motifs) {
        BigInteger prefixes = states.get(state);
        for (int i = 0; i < requiredBits.length; i++) {
            if ((motifs >> i & 1) == 1) {
                prefixes = prefixes.andNot(requiredBits[i]);
            }
        }
        return number(prefixes);
    }

    private void visit(int state, int letter) {
        BigInteger found = states.get(state).shiftLeft(1).or(starts).and(matching[letter]);
        if (found.and(forbiddenEnds).signum() != 0) {
            next.get(state)[letter] = FORBIDDEN;
            return;
        }
        for (int i = 0; i < requiredEnds.length; i++) {
            if (found.and(requiredEnds[i]).signum() != 0) {
                hits.get(state)[letter] |= 1L << i;
            }
        }
        next.get(state)[letter] = number(found.andNot(ends));
    }

    private int number(BigInteger state) {
        Integer known = numbers.putIfAbsent(state, states.size());
        if (known != null) {
            return known;
        }
        states.add(state);
        int[] unknown = new int[letters];
        Arrays.fill(unknown, UNKNOWN);
        next.add(unknown);
        hits.add(new long[letters]);
        return states.size() - 1;
    }
}
