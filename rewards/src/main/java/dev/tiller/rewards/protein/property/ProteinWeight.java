package dev.tiller.rewards.protein.property;

import dev.tiller.rewards.NumberForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.openscience.cdk.config.Elements;
import org.openscience.cdk.config.Isotopes;

/**
 * The weight of a protein in g/mol, elements as they occur in nature: its residues and one water. X
 * weighs 110, as a residue does on average.
 */
public final class ProteinWeight {
    private static final double UNKNOWN = 110;
    private static final String[] ELEMENTS = {"C", "H", "N", "O", "S"};

    /** Atoms of carbon, hydrogen, nitrogen, oxygen and sulfur in residues. */
    private static final String COMPOSITION =
            "A 3 5 1 1 0 C 3 5 1 1 1 D 4 5 1 3 0 E 5 7 1 3 0 F 9 9 1 1 0 G 2 3 1 1 0 H 6 7 3 1 0"
                    + " I 6 11 1 1 0 K 6 12 2 1 0 L 6 11 1 1 0 M 5 9 1 1 1 N 4 6 2 2 0"
                    + " P 5 7 1 1 0 Q 5 8 2 2 0 R 6 12 4 1 0 S 3 5 1 2 0 T 4 7 1 2 0 V 5 9 1 1 0"
                    + " W 11 10 2 1 0 Y 9 9 1 2 0";

    private static final Scale WEIGHTS = weights();
    private static final double WATER = 2 * mass("H") + mass("O");

    private ProteinWeight() {}

    private static Scale weights() {
        StringBuilder table = new StringBuilder();
        String[] words = COMPOSITION.split(" ");
        for (int i = 0; i < words.length; i += 1 + ELEMENTS.length) {
            double weight = 0;
            for (int e = 0; e < ELEMENTS.length; e++) {
                weight += Integer.parseInt(words[i + 1 + e]) * mass(ELEMENTS[e]);
            }
            table.append(words[i]).append(' ').append(weight).append(' ');
        }
        return Scale.of(table.toString());
    }

    private static double mass(String element) {
        try {
            return Isotopes.getInstance().getNaturalMass(Elements.ofString(element).number());
        } catch (IOException e) {
            throw new UncheckedIOException("table of isotopes must be readable: " + e, e);
        }
    }

    /**
     * Returns the weight.
     *
     * @param sequence one-letter codes
     * @return g/mol
     */
    public static double of(String sequence) {
        double weight = WATER;
        for (char letter : sequence.toCharArray()) {
            weight += WEIGHTS.of(letter, UNKNOWN);
        }
        return weight;
    }

    /** Listed in META-INF/services under the name {@code protein-weight}. */
    public static final class Provider extends PropertyProvider {

        /** Made by the service loader. */
        public Provider() {
            super(
                    "protein-weight",
                    "Weight of a protein in g/mol.",
                    ProteinWeight::of,
                    NumberForm.VALUE);
        }
    }
}
