package dev.tiller.rewards.benchmark;

import java.util.List;

/**
 * Letters with their distances: letter i of the motif is wanted {@code offsets.get(i)} positions
 * after the first.
 *
 * @param letters the k letters
 * @param offsets k increasing numbers, the first of which is 0
 */
public record SpacedMotif(String letters, List<Integer> offsets) {

    /** Checks the offsets. */
    public SpacedMotif {
        offsets = List.copyOf(offsets);
        boolean legal = offsets.size() == letters.length() && !offsets.isEmpty();
        for (int i = 0; legal && i < offsets.size(); i++) {
            legal = i == 0 ? offsets.get(0) == 0 : offsets.get(i) > offsets.get(i - 1);
        }
        if (!legal) {
            throw new IllegalArgumentException(
                    "offsets must increase from 0, one for each letter of '"
                            + letters
                            + "', got "
                            + offsets);
        }
    }

    /**
     * Returns how many positions the motif takes from its first letter to its last.
     *
     * @return the last offset + 1
     */
    public int span() {
        return offsets.get(offsets.size() - 1) + 1;
    }

    /**
     * Returns how much of the motif a sequence has.
     *
     * @param sequence the sequence
     * @return the largest number of letters in place over all placements; 0 if there is none
     */
    public int matches(String sequence) {
        int best = 0;
        for (int start = 0; start + span() <= sequence.length(); start++) {
            int matches = 0;
            for (int i = 0; i < offsets.size(); i++) {
                boolean match = sequence.charAt(start + offsets.get(i)) == letters.charAt(i);
                matches += match ? 1 : 0;
            }
            best = Math.max(best, matches);
        }
        return best;
    }
}
