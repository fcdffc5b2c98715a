package dev.tiller.finetune.job;

import java.util.Arrays;
import java.util.Collection;

/** Finds the key that a misspelt one was meant to be. */
final class NearestKey {
    private NearestKey() {}

    /** Returns " (did you mean 'y'?)" with the known key nearest to {@code word}, or nothing. */
    static String suggestion(String word, Collection<String> known) {
        String nearest = null;
        int least = Integer.MAX_VALUE;
        for (String key : known) {
            int distance = distance(word, key);
            // beyond a third of the letters it is another word
            if (distance < least && 3 * distance <= Math.max(word.length(), key.length())) {
                nearest = key;
                least = distance;
            }
        }
        return nearest == null ? "" : " (did you mean '" + nearest + "'?)";
    }

    /** How many letters must be put in, taken out or replaced to make one word of the other. */
    static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        Arrays.setAll(previous, j -> j);
        for (int i = 0; i < from.length(); i++) {
            int[] next = new int[to.length() + 1];
            next[0] = i + 1;
            for (int j = 0; j < to.length(); j++) {
                int replaced = previous[j] + (from.charAt(i) == to.charAt(j) ? 0 : 1);
                next[j + 1] = Math.min(replaced, 1 + Math.min(previous[j + 1], next[j]));
            }
            previous = next;
        }
        return previous[to.length()];
    }
}
