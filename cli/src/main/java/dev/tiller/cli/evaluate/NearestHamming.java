package dev.tiller.cli.evaluate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The nearest of many sequences of one length by Hamming distance, found by comparing with all of
 * them, 64 positions at a time: a letter is a number, and each bit of the number has words of its
 * own, so that positions differ where the exclusive or of one of these words has a bit.
 */
final class NearestHamming {
    private final Map<Character, Integer> numbers = new HashMap<>();
    private final int length;
    private final int words; // of one bit
    private final int bits;
    private final long[] rows; // [sequence, bit, word]
    private final int count;

    NearestHamming(List<String> sequences) {
        length = sequences.get(0).length();
        for (String sequence : sequences) {
            for (int i = 0; i < length; i++) {
                numbers.putIfAbsent(sequence.charAt(i), numbers.size());
            }
        }
        bits = Integer.SIZE - Integer.numberOfLeadingZeros(numbers.size() - 1);
        words = (length + Long.SIZE - 1) / Long.SIZE;
        count = sequences.size();
        rows = new long[Math.multiplyExact(count, bits * words)];
        for (int i = 0; i < count; i++) {
            encode(sequences.get(i), rows, i * bits * words);
        }
    }

    /** Writes the words of a sequence; a letter without a number has no bit. */
    private void encode(String sequence, long[] target, int offset) {
        for (int i = 0; i < length; i++) {
            int number = numbers.getOrDefault(sequence.charAt(i), 0);
            for (int bit = 0; bit < bits; bit++) {
                if ((number >> bit & 1) != 0) {
                    target[offset + bit * words + i / Long.SIZE] |= 1L << (i % Long.SIZE);
                }
            }
        }
    }

    /** Returns the least distance to a sequence of the same length. */
    int distance(String design) {
        long[] code = new long[bits * words];
        encode(design, code, 0);
        long[] strange = strange(design);
        int least = length;
        for (int row = 0; row < count; row++) {
            int offset = row * code.length;
            int distance = 0;
            for (int word = 0; word < words && distance < least; word++) {
                long different = strange[word];
                for (int i = word; i < code.length; i += words) {
                    different |= code[i] ^ rows[offset + i];
                }
                distance += Long.bitCount(different);
            }
            least = Math.min(least, distance);
        }
        return least;
    }

    /** Returns words with a bit for each letter that no sequence has: it differs from all. */
    private long[] strange(String design) {
        long[] strange = new long[words];
        for (int i = 0; i < length; i++) {
            if (!numbers.containsKey(design.charAt(i))) {
                strange[i / Long.SIZE] |= 1L << (i % Long.SIZE);
            }
        }
        return strange;
    }
}
