package dev.tiller.rewards.sequence.pwm;

import dev.tiller.rewards.sequence.Nucleotides;
import java.util.List;

/**
 * How often each nucleotide was seen at each position of the sites of a motif.
 *
 * @param id the identifier, such as MA0004.1
 * @param name the name, such as Arnt; equals the identifier if the file gives none
 * @param counts for each position the counts of A, C, G and T (or U), not all of them 0
 */
public record PositionMatrix(String id, String name, List<List<Double>> counts) {

    /** Checks the counts and copies them. */
    public PositionMatrix {
        counts = counts.stream().map(List::copyOf).toList();
        if (counts.isEmpty()) {
            throw new IllegalArgumentException(
                    "motif '" + id + "' must have a position, got none; leave it out");
        }
        for (int i = 0; i < counts.size(); i++) {
            List<Double> column = counts.get(i);
            double total = column.stream().mapToDouble(Double::doubleValue).sum();
            boolean legal = column.stream().allMatch(count -> count >= 0);
            if (column.size() != Nucleotides.COUNT
                    || !legal
                    || !(total > 0 && Double.isFinite(total))) {
                throw new IllegalArgumentException(
                        "counts of motif '"
                                + id
                                + "' must be 4 numbers from 0 on, not all 0, got "
                                + column
                                + " at position "
                                + (i + 1));
            }
        }
    }

    /**
     * Returns the length of the motif.
     *
     * @return its number of positions
     */
    public int width() {
        return counts.size();
    }
}
