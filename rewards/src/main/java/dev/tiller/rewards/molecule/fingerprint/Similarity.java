package dev.tiller.rewards.molecule.fingerprint;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.molecule.Molecule;
import dev.tiller.rewards.molecule.MoleculeReward;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How similar a molecule is to the most similar of given ones: Tanimoto's coefficient of the sets
 * of environments of radius 2 (ECFP4, not folded), from 0 to 1 for the same set.
 */
public final class Similarity {
    private static final String NAME = "similarity";
    private static final int RADIUS = 2;

    private Similarity() {}

    /**
     * Returns the similarity of two molecules.
     *
     * @param one a molecule
     * @param other a molecule
     * @return environments of both divided by those of either, in [0, 1]
     */
    public static double tanimoto(Molecule one, Molecule other) {
        return tanimoto(environments(one), environments(other));
    }

    static Set<Integer> environments(Molecule molecule) {
        return MorganFingerprint.of(molecule, RADIUS).keySet();
    }

    static double tanimoto(Set<Integer> one, Set<Integer> other) {
        Set<Integer> both = new HashSet<>(one);
        both.retainAll(other);
        int either = one.size() + other.size() - both.size();
        return either == 0 ? 0 : (double) both.size() / either;
    }

    /**
     * What to compare with.
     *
     * @param smiles the molecules to be near to, at least one
     * @param invalid the score of a design that is no molecule
     */
    public record Options(List<String> smiles, double invalid) {

        /** Copies the molecules and checks the score. */
        public Options {
            smiles = List.copyOf(smiles);
            MoleculeReward.invalid(invalid, 0);
        }
    }

    /** Listed in META-INF/services under the name {@code similarity}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Tanimoto similarity (ECFP4) to the most similar of given molecules, 0 to 1.";
        }

        @Override
        public Class<Options> optionsType() {
            return Options.class;
        }

        @Override
        public Options defaults() {
            return new Options(List.of(), 0);
        }

        @Override
        public Reward create(Options options, RewardContext context) {
            if (options.smiles().isEmpty()) {
                throw new IllegalArgumentException(
                        "smiles must name a molecule for reward 'similarity', got none; set for"
                                + " example smiles=c1ccccc1O");
            }
            List<Set<Integer>> wanted =
                    options.smiles().stream()
                            .map(smiles -> environments(Molecule.parse(smiles)))
                            .toList();
            return new MoleculeReward(
                    NAME,
                    List.of(),
                    options.invalid(),
                    molecule -> {
                        Set<Integer> own = environments(molecule);
                        double most = 0;
                        for (Set<Integer> other : wanted) {
                            most = Math.max(most, tanimoto(own, other));
                        }
                        return new double[] {most};
                    });
        }
    }
}
