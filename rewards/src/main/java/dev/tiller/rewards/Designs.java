package dev.tiller.rewards;

import java.util.List;

/**
 * Finished designs, decoded to text: one string per design, in the letters of the model's alphabet.
 *
 * @param sequences the designs; copied, so later changes to the given list are not seen
 */
public record Designs(List<String> sequences) {

    /** Copies the list; neither it nor one of its elements may be null. */
    public Designs {
        sequences = List.copyOf(sequences);
    }

    /**
     * Returns the number of designs.
     *
     * @return the number of designs, which is also the length of every array of scores
     */
    public int size() {
        return sequences.size();
    }

    /**
     * Checks that a reward can read all designs.
     *
     * @param reward the reward that is about to read them
     * @throws IllegalArgumentException if a letter is not among {@link Reward#letters()}; the text
     *     names the first such letter with its place, counted from 1
     */
    public void requireReadableBy(Reward reward) {
        String letters = reward.letters();
        for (int n = 0; n < sequences.size(); n++) {
            String sequence = sequences.get(n);
            for (int i = 0; i < sequence.length(); i++) {
                if (letters.indexOf(sequence.charAt(i)) < 0) {
                    throw new IllegalArgumentException(
                            "letters of a design must be of "
                                    + letters
                                    + " for reward '"
                                    + reward.name()
                                    + "', got '"
                                    + Character.toString(sequence.codePointAt(i))
                                    + "' in design "
                                    + (n + 1)
                                    + " at position "
                                    + (i + 1)
                                    + "; choose a reward that reads the model's alphabet");
                }
            }
        }
    }
}
