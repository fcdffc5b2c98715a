package dev.tiller.rewards;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Finished designs, decoded to text: one string per design, in the letters of the model's alphabet.
 *
 * @param sequences the designs; copied, so later changes to the given list are not seen
 * @param conditions what each design was made for, in the same order; empty if for nothing
 */
public record Designs(List<String> sequences, List<Condition> conditions) {

    /** Copies the lists; neither they nor one of their elements may be null. */
    public Designs {
        sequences = List.copyOf(sequences);
        conditions = List.copyOf(conditions);
        if (!conditions.isEmpty() && conditions.size() != sequences.size()) {
            throw new IllegalArgumentException(
                    "conditions must be none or one for each of the "
                            + sequences.size()
                            + " designs, got "
                            + conditions.size());
        }
    }

    /**
     * Describes designs that were made for nothing in particular.
     *
     * @param sequences the designs
     */
    public Designs(List<String> sequences) {
        this(sequences, List.of());
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
     * Returns what a design was made for.
     *
     * @param design the number of the design
     * @return its condition, or empty if it has none
     */
    public Optional<Condition> condition(int design) {
        return conditions.isEmpty() ? Optional.empty() : Optional.of(conditions.get(design));
    }

    /**
     * Takes some of the designs, with their conditions.
     *
     * @param designs the numbers of the designs, in any order, repeats allowed
     * @return one design for each number
     */
    public Designs select(int... designs) {
        return new Designs(
                Arrays.stream(designs).mapToObj(sequences::get).toList(),
                conditions.isEmpty()
                        ? List.of()
                        : Arrays.stream(designs).mapToObj(conditions::get).toList());
    }

    /**
     * Returns what tells a design from others: its text, and its condition if it has one.
     *
     * @param design the number of the design
     * @return a text; designs with equal keys have equal scores
     */
    public String key(int design) {
        return conditions.isEmpty()
                ? sequences.get(design)
                : sequences.get(design) + '\n' + conditions.get(design).id();
    }

    /**
     * Returns the keys of all designs.
     *
     * @return {@link #key} of each, in order
     */
    public List<String> keys() {
        return IntStream.range(0, size()).mapToObj(this::key).toList();
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
