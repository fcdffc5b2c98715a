package dev.tiller.rewards.protein.property;

import dev.tiller.rewards.NumberForm;
import dev.tiller.rewards.molecule.TableResource;
import dev.tiller.rewards.protein.Backbone;
import java.util.HashMap;
import java.util.Map;

/**
 * The instability index: 10 / L times the sum of the weights of neighbouring residues (Guruprasad,
 * Reddy and Pandit, Protein Engineering 4, 1990). Above 40 a protein is likely to be unstable in a
 * test tube, so less is better and the default form is {@code negative}. Pairs with X add nothing.
 */
public final class InstabilityIndex {
    private static final Map<String, Double> WEIGHTS = weights();

    private InstabilityIndex() {}

    private static Map<String, Double> weights() {
        Map<String, Double> weights = new HashMap<>();
        for (String[] row : TableResource.rows(InstabilityIndex.class, "instability.tsv")) {
            for (int i = 1; i < row.length; i++) {
                char second = Backbone.AMINO_ACIDS.charAt(i - 1);
                weights.put(row[0] + second, Double.valueOf(row[i]));
            }
        }
        return weights;
    }

    /**
     * Returns the index.
     *
     * @param sequence one-letter codes, at least one
     * @return the index, 0 for a single residue
     */
    public static double of(String sequence) {
        double sum = 0;
        for (int i = 1; i < sequence.length(); i++) {
            sum += WEIGHTS.getOrDefault(sequence.substring(i - 1, i + 1), 0.0);
        }
        return 10 * sum / sequence.length();
    }

    /** Listed in META-INF/services under the name {@code instability-index}. */
    public static final class Provider extends PropertyProvider {

        /** Made by the service loader. */
        public Provider() {
            super(
                    "instability-index",
                    "Instability of a protein by its neighbouring residues (Guruprasad); less is"
                            + " better.",
                    InstabilityIndex::of,
                    NumberForm.NEGATIVE);
        }
    }
}
