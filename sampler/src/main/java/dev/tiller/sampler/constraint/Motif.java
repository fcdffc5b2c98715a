package dev.tiller.sampler.constraint;

/**
 * A pattern that must or must not occur.
 *
 * @param text how the user wrote it
 * @param sets the letters of each place, as bit masks
 * @param required whether it must occur; else it must not
 */
record Motif(String text, long[] sets, boolean required) {
    /** Returns the first position, from 1, at which the motif occurs, or 0. */
    int find(long[] tokens, int offset, int length) {
        for (int start = 0; start + sets.length <= length; start++) {
            int i = 0;
            while (i < sets.length && (sets[i] >> tokens[offset + start + i] & 1) == 1) {
                i++;
            }
            if (i == sets.length) {
                return start + 1;
            }
        }
        return 0;
    }
}
