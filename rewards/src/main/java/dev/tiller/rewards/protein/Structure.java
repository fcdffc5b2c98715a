package dev.tiller.rewards.protein;

import java.util.List;

/**
 * What was read from a file.
 *
 * @param backbone the selected residues
 * @param notes what a reader should know, each one line: residues left out, gaps, alternate
 *     locations, other models, residues that are none of the twenty; often none
 */
public record Structure(Backbone backbone, List<String> notes) {

    /** Copies the notes. */
    public Structure {
        notes = List.copyOf(notes);
    }
}
