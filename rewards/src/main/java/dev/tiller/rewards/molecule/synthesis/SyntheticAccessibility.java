package dev.tiller.rewards.molecule.synthesis;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.molecule.Molecule;
import dev.tiller.rewards.molecule.MoleculeReward;
import dev.tiller.rewards.molecule.fingerprint.MorganFingerprint;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The synthetic accessibility of a molecule, 1 (easy) to 10 (hard): how common its fragments of
 * radius 2 are, less what makes it complex (Ertl and Schuffenhauer, Journal of Cheminformatics 1:8,
 * 2009, with the constants of RDKit).
 *
 * <p>The reward is {@code (10 - SA) / 9}, in [0, 1], as in GDSS and SVDD; the score SA itself
 * stands in the breakdown.
 */
public final class SyntheticAccessibility {
    private static final String NAME = "sa-score";
    static final int RADIUS = 2;
    private static final double LEAST = -4;
    private static final double MOST = 2.5;

    private final FragmentTable table;

    private SyntheticAccessibility(FragmentTable table) {
        this.table = table;
    }

    /**
     * Returns the score by the fragments of a table.
     *
     * @param fragments the table, or null for our own
     * @return the score
     * @throws IllegalArgumentException if the file is no table
     */
    public static SyntheticAccessibility byFragments(Path fragments) {
        return new SyntheticAccessibility(
                fragments == null ? FragmentTable.own() : FragmentTable.read(fragments));
    }

    /**
     * Returns the score.
     *
     * @param molecule a molecule with an atom
     * @return from 1, easy to make, to 10
     */
    public double of(Molecule molecule) {
        Map<Integer, Integer> fragments = MorganFingerprint.of(molecule, RADIUS);
        double sum = 0;
        int count = 0;
        for (Map.Entry<Integer, Integer> fragment : fragments.entrySet()) {
            sum += fragment.getValue() * table.contribution(fragment.getKey());
            count += fragment.getValue();
        }
        int atoms = molecule.container().getAtomCount();
        double raw = sum / count - complexity(molecule, atoms);
        if (atoms > fragments.size()) { // symmetric molecules have fewer fragments
            raw += 0.5 * StrictMath.log((double) atoms / fragments.size());
        }
        double score = 11 - (raw - LEAST + 1) / (MOST - LEAST) * 9;
        if (score > 8) {
            score = 8 + StrictMath.log(score + 1 - 9);
        }
        return Math.min(10, Math.max(1, score));
    }

    private static double complexity(Molecule molecule, int atoms) {
        RingComplexity rings = RingComplexity.of(molecule);
        double size = StrictMath.pow(atoms, 1.005) - atoms;
        return size
                + StrictMath.log10(rings.stereocentres() + 1)
                + StrictMath.log10(rings.spiro() + 1)
                + StrictMath.log10(rings.bridgeheads() + 1)
                + (rings.macrocycle() ? StrictMath.log10(2) : 0);
    }

    /**
     * How to score.
     *
     * @param fragments a table of fragments; our own if none
     * @param invalid the score of a design that is no molecule
     */
    public record Options(Path fragments, double invalid) {

        /** Checks the score. */
        public Options {
            MoleculeReward.invalid(invalid, 0);
        }
    }

    /** Listed in META-INF/services under the name {@code sa-score}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "How easily a molecule can be made: (10 - SA) / 9, 1 is easiest.";
        }

        @Override
        public Class<Options> optionsType() {
            return Options.class;
        }

        @Override
        public Options defaults() {
            return new Options(null, 0);
        }

        @Override
        public Reward create(Options options, RewardContext context) {
            SyntheticAccessibility score = byFragments(options.fragments());
            return new MoleculeReward(
                    NAME,
                    List.of("sa"),
                    options.invalid(),
                    molecule -> {
                        double sa = score.of(molecule);
                        return new double[] {(10 - sa) / 9, sa};
                    });
        }
    }
}
