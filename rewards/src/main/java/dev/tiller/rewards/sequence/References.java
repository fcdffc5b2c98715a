package dev.tiller.rewards.sequence;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The sequences that a reward compares designs with: given one by one, in a file, or both. */
final class References {
    private References() {}

    /**
     * Collects reference sequences.
     *
     * @param reward the name of the reward, for errors
     * @param sequences sequences given one by one; lower case is made upper case
     * @param file a FASTA file, or null
     * @return all of them, at least one
     */
    static List<String> collect(String reward, List<String> sequences, Path file) {
        List<String> all = new ArrayList<>();
        for (String sequence : sequences) {
            String upper = sequence.toUpperCase(Locale.ROOT);
            if (upper.isEmpty()
                    || upper.chars().anyMatch(letter -> AnyLetters.LETTERS.indexOf(letter) < 0)) {
                throw new IllegalArgumentException(
                        "sequences of reward '"
                                + reward
                                + "' must have letters of "
                                + AnyLetters.LETTERS
                                + ", got '"
                                + sequence
                                + "'; write for example ACGTTG,ACCTTG");
            }
            all.add(upper);
        }
        if (file != null) {
            try {
                Fasta.read(file, AnyLetters.LETTERS).forEach(next -> all.add(next.sequence()));
            } catch (IOException e) {
                throw new IllegalArgumentException(
                        "file of reward '" + reward + "' must be a FASTA file, got " + e, e);
            }
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException(
                    "reward '"
                            + reward
                            + "' must have a reference sequence, got none; set its option"
                            + " sequences or file");
        }
        return List.copyOf(all);
    }
}
