package dev.tiller.cli.evaluate;

import java.util.List;

/**
 * The designs of one seed of a method.
 *
 * @param label the method's name in the table
 * @param replicate which seed of the method, from 1
 * @param source where the designs come from: a file, or a model and its seed
 * @param designs the designs, at least one, each with at least one letter
 */
public record DesignSet(String label, int replicate, String source, List<String> designs) {
    /** Copies the list. */
    public DesignSet {
        designs = List.copyOf(designs);
        if (designs.isEmpty()) {
            throw new IllegalArgumentException(source + " must hold at least one design, got none");
        }
    }

    /** Checks that all designs have so many letters. */
    void requireLength(int length, String model) {
        for (int i = 0; i < designs.size(); i++) {
            if (designs.get(i).length() != length) {
                throw new IllegalArgumentException(
                        "designs must have the "
                                + length
                                + " letters of model '"
                                + model
                                + "', got "
                                + designs.get(i).length()
                                + " in design "
                                + (i + 1)
                                + " of "
                                + source);
            }
        }
    }
}
