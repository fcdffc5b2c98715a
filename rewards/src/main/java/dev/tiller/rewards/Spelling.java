package dev.tiller.rewards;

import java.util.Collection;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Names as users type them: kebab case, and the nearest known name to a misspelt one. */
public final class Spelling {
    private static final Pattern KEBAB_CASE = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

    private Spelling() {}

    static boolean isKebabCase(String name) {
        return name != null && KEBAB_CASE.matcher(name).matches();
    }

    /** Returns the user's spelling of an enum constant: {@code BEST_MATCH} is best-match. */
    static String kebabCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Suggests what a misspelt word may have meant.
     *
     * @param word what was typed
     * @param known the names there are
     * @return " (did you mean 'y'?)" with the known name nearest to {@code word}, or "" if none is
     *     near
     */
    public static String suggestion(String word, Collection<String> known) {
        String nearest = null;
        int least = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = editDistance(word, candidate);
            // a third of the letters wrong is a slip, more is another word
            int close = Math.max(word.length(), candidate.length()) / 3;
            if (distance <= close && distance < least) {
                nearest = candidate;
                least = distance;
            }
        }
        return nearest == null ? "" : " (did you mean '" + nearest + "'?)";
    }

    /** Levenshtein distance, upper and lower case being equal. */
    static int editDistance(String first, String second) {
        return LevenshteinDistance.getDefaultInstance()
                .apply(first.toLowerCase(Locale.ROOT), second.toLowerCase(Locale.ROOT));
    }
}
