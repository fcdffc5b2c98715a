package dev.tiller.finetune.objective;

import dev.tiller.rewards.protein.Backbone;

/** The tokens of a protein's own letters. */
final class ProteinTokens {
    private ProteinTokens() {}

    /** Returns the position of each letter among the twenty amino acids, 20 for X. */
    static long[] of(Backbone backbone) {
        return backbone.sequence()
                .chars()
                .mapToLong(
                        letter -> {
                            int token = Backbone.AMINO_ACIDS.indexOf(letter);
                            return token < 0 ? Backbone.AMINO_ACIDS.length() : token;
                        })
                .toArray();
    }
}
