package dev.tiller.rewards.cache;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Scores by the first 128 bits of the SHA-256 of a design, in a hash table with open addressing: at
 * most 96 bytes a design, whatever its length. Two of a billion designs share their 128 bits with a
 * chance below 1e-20. Not safe for concurrent use.
 */
final class ScoreIndex {
    private final MessageDigest sha256;
    private long[] keys = new long[2 * 64];
    private double[] scores = emptySlots(64);
    private int size;

    ScoreIndex() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    OptionalDouble find(String design) {
        ByteBuffer key = keyOf(design);
        int slot = slotOf(key.getLong(0), key.getLong(Long.BYTES));
        return Double.isNaN(scores[slot])
                ? OptionalDouble.empty()
                : OptionalDouble.of(scores[slot]);
    }

    /** Keeps a score; returns false, and keeps the older one, if the design has one. */
    boolean put(String design, double score) {
        ByteBuffer key = keyOf(design);
        int slot = slotOf(key.getLong(0), key.getLong(Long.BYTES));
        if (!Double.isNaN(scores[slot])) {
            return false;
        }
        set(slot, key.getLong(0), key.getLong(Long.BYTES), score);
        size++;
        if (2 * size > scores.length) {
            grow();
        }
        return true;
    }

    int size() {
        return size;
    }

    private void set(int slot, long high, long low, double score) {
        keys[2 * slot] = high;
        keys[2 * slot + 1] = low;
        scores[slot] = score;
    }

    /** The slot that holds the key, or the free one where it belongs. */
    private int slotOf(long high, long low) {
        int slot = (int) high & (scores.length - 1);
        while (!Double.isNaN(scores[slot])
                && (keys[2 * slot] != high || keys[2 * slot + 1] != low)) {
            slot = (slot + 1) & (scores.length - 1);
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        double[] oldScores = scores;
        keys = new long[2 * oldKeys.length];
        scores = emptySlots(2 * oldScores.length);
        for (int i = 0; i < oldScores.length; i++) {
            if (!Double.isNaN(oldScores[i])) {
                long high = oldKeys[2 * i];
                long low = oldKeys[2 * i + 1];
                set(slotOf(high, low), high, low, oldScores[i]);
            }
        }
    }

    private static double[] emptySlots(int count) {
        double[] slots = new double[count];
        Arrays.fill(slots, Double.NaN);
        return slots;
    }

    private ByteBuffer keyOf(String design) {
        ByteBuffer units = ByteBuffer.allocate(2 * design.length()); // exact for any text
        units.asCharBuffer().put(design);
        return ByteBuffer.wrap(sha256.digest(units.array()));
    }
}
