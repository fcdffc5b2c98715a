package dev.tiller.rewards.protein.property;

import java.util.HashMap;
import java.util.Map;

/** A number for each amino acid. X and letters that are not listed have none. */
final class Scale {
    private final Map<Character, Double> numbers = new HashMap<>();

    private Scale() {}

    /** Reads letters and numbers in turn, separated by blanks. */
    static Scale of(String table) {
        Scale scale = new Scale();
        String[] words = table.split(" ");
        for (int i = 0; i < words.length; i += 2) {
            scale.numbers.put(words[i].charAt(0), Double.valueOf(words[i + 1]));
        }
        return scale;
    }

    /** Returns the number of a letter, or another one if it has none. */
    double of(char letter, double otherwise) {
        return numbers.getOrDefault(letter, otherwise);
    }

    /** Returns the mean over the letters other than X; 0 if there are none. */
    double mean(String sequence) {
        double sum = 0;
        int known = 0;
        for (char letter : sequence.toCharArray()) {
            sum += of(letter, 0);
            known += letter == 'X' ? 0 : 1;
        }
        return known == 0 ? 0 : sum / known;
    }
}
