package dev.tiller.rewards.protein.property;

import dev.tiller.rewards.NumberForm;

/**
 * The grand average of hydropathy: the mean hydropathy of the residues (Kyte and Doolittle, Journal
 * of Molecular Biology 157, 1982), from -4.5 (hydrophilic) to 4.5 (hydrophobic). X is left out.
 */
public final class Gravy {
    private static final Scale HYDROPATHY =
            Scale.of(
                    "A 1.8 R -4.5 N -3.5 D -3.5 C 2.5 Q -3.5 E -3.5 G -0.4 H -3.2 I 4.5 L 3.8"
                            + " K -3.9 M 1.9 F 2.8 P -1.6 S -0.8 T -0.7 W -0.9 Y -1.3 V 4.2");

    private Gravy() {}

    /**
     * Returns the mean hydropathy.
     *
     * @param sequence one-letter codes
     * @return the mean over the residues that are known; 0 if there are none
     */
    public static double of(String sequence) {
        return HYDROPATHY.mean(sequence);
    }

    /** Listed in META-INF/services under the name {@code gravy}. */
    public static final class Provider extends PropertyProvider {

        /** Made by the service loader. */
        public Provider() {
            super(
                    "gravy",
                    "Mean hydropathy of a protein (Kyte-Doolittle).",
                    Gravy::of,
                    NumberForm.VALUE);
        }
    }
}
