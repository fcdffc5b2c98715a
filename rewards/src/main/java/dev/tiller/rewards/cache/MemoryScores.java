package dev.tiller.rewards.cache;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Scores in memory, bounded by number and by bytes. What was used least recently is forgotten
 * first.
 */
public final class MemoryScores implements ScoreStore {
    /** An entry of the map, a boxed number and the headers of a text, on a 64-bit JVM. */
    private static final long BYTES_PER_ENTRY = 140;

    private final Options options;
    private final Map<String, Double> scores = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /**
     * Makes an empty store.
     *
     * @param options its bounds
     */
    public MemoryScores(Options options) {
        this.options = options;
    }

    @Override
    public synchronized OptionalDouble find(String design) {
        Double score = scores.get(design);
        return score == null ? OptionalDouble.empty() : OptionalDouble.of(score);
    }

    @Override
    public synchronized void put(String design, double score) {
        if (scores.put(design, score) == null) {
            bytes += bytesOf(design);
        }
        Iterator<String> oldest = scores.keySet().iterator();
        while (scores.size() > options.entries() || bytes > options.bytes()) {
            bytes -= bytesOf(oldest.next());
            oldest.remove();
        }
    }

    /**
     * Returns the number of scores held.
     *
     * @return the number of designs
     */
    public synchronized int size() {
        return scores.size();
    }

    @Override
    public synchronized void close() {
        scores.clear();
        bytes = 0;
    }

    private static long bytesOf(String design) {
        return BYTES_PER_ENTRY + 2L * design.length();
    }

    /**
     * Bounds of the store.
     *
     * @param entries the most designs it holds, at least 1
     * @param bytes the most memory it takes, estimated as 140 bytes a design and 2 a letter
     */
    public record Options(int entries, long bytes) {

        /** Checks the bounds. */
        public Options {
            if (entries < 1 || bytes < 1) {
                throw new IllegalArgumentException(
                        "entries and bytes of a cache must be at least 1, got "
                                + entries
                                + " and "
                                + bytes
                                + "; leave the cache out if nothing shall be kept");
            }
        }

        /**
         * Returns bounds that suit most runs.
         *
         * @return a million designs, 256 MiB
         */
        public static Options defaults() {
            return new Options(1_000_000, 256L << 20);
        }
    }
}
