package dev.tiller.rewards.protein.property;

import dev.tiller.rewards.NumberForm;

/**
 * The relative volume of aliphatic side chains, which is high in proteins of thermophiles (Ikai,
 * Journal of Biochemistry 88, 1980): 100 times the share of A, plus 2.9 times that of V, plus 3.9
 * times that of I and L. X is left out.
 */
public final class AliphaticIndex {
    private static final Scale VOLUME = Scale.of("A 1 V 2.9 I 3.9 L 3.9");

    private AliphaticIndex() {}

    /**
     * Returns the index.
     *
     * @param sequence one-letter codes
     * @return from 0 to 390
     */
    public static double of(String sequence) {
        return 100 * VOLUME.mean(sequence);
    }

    /** Listed in META-INF/services under the name {@code aliphatic-index}. */
    public static final class Provider extends PropertyProvider {

        /** Made by the service loader. */
        public Provider() {
            super(
                    "aliphatic-index",
                    "Relative volume of the aliphatic side chains of a protein (Ikai).",
                    AliphaticIndex::of,
                    NumberForm.VALUE);
        }
    }
}
