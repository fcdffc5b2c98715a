package dev.tiller.rewards.molecule.fingerprint;

import dev.tiller.rewards.molecule.Smiles;
import java.util.List;
import java.util.Set;

/** How different molecules are from each other. */
public final class MoleculeDiversity {
    private MoleculeDiversity() {}

    /**
     * Returns one minus the mean similarity ({@link Similarity}) of two molecules, over all pairs
     * of valid ones.
     *
     * @param smiles the molecules; what is no valid molecule is left out
     * @return in [0, 1]; 0 if there are fewer than two
     */
    public static double meanPairwiseDistance(List<String> smiles) {
        List<Set<Integer>> sets =
                smiles.stream()
                        .flatMap(text -> Smiles.valid(text).stream())
                        .map(Similarity::environments)
                        .toList();
        double sum = 0;
        long pairs = 0;
        for (int i = 0; i < sets.size(); i++) {
            for (int j = i + 1; j < sets.size(); j++) {
                sum += 1 - Similarity.tanimoto(sets.get(i), sets.get(j));
                pairs++;
            }
        }
        return pairs == 0 ? 0 : sum / pairs;
    }
}
