package dev.tiller.rewards.molecule.descriptor;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.molecule.Molecule;
import dev.tiller.rewards.molecule.MoleculeReward;
import java.util.List;
import org.openscience.cdk.interfaces.IAtom;

/**
 * How many of Lipinski's four rules a molecule keeps, 0 to 4: weight at most 500 g/mol, log P at
 * most 5, at most 5 hydrogens on N and O, at most 10 atoms of N and O (Lipinski et al., Advanced
 * Drug Delivery Reviews 23, 1997).
 */
public final class Lipinski {
    private static final String NAME = "lipinski";
    private static final double MOST_WEIGHT = 500;
    private static final double MOST_LOGP = 5;
    private static final int MOST_DONORS = 5;
    private static final int MOST_ACCEPTORS = 10;

    private Lipinski() {}

    /**
     * Returns the number of rules kept, and what they look at.
     *
     * @param molecule the molecule
     * @return rules kept, weight in g/mol, log P, hydrogens on N and O, atoms of N and O
     */
    public static double[] of(Molecule molecule) {
        double weight = MolecularWeight.of(molecule);
        double logP = LogP.of(molecule);
        int donors = 0;
        int acceptors = 0;
        for (IAtom atom : molecule.container().atoms()) {
            int element = atom.getAtomicNumber();
            if (element == 7 || element == 8) {
                acceptors++;
                donors += atom.getImplicitHydrogenCount();
            }
        }
        int kept = weight <= MOST_WEIGHT ? 1 : 0;
        kept += logP <= MOST_LOGP ? 1 : 0;
        kept += donors <= MOST_DONORS ? 1 : 0;
        kept += acceptors <= MOST_ACCEPTORS ? 1 : 0;
        return new double[] {kept, weight, logP, donors, acceptors};
    }

    /** Listed in META-INF/services under the name {@code lipinski}. */
    public static final class Provider implements RewardProvider<InvalidScore> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "How many of Lipinski's rules a molecule keeps, 0 to 4.";
        }

        @Override
        public Class<InvalidScore> optionsType() {
            return InvalidScore.class;
        }

        @Override
        public InvalidScore defaults() {
            return new InvalidScore(0);
        }

        @Override
        public Reward create(InvalidScore options, RewardContext context) {
            return new MoleculeReward(
                    NAME,
                    List.of("weight", "logp", "donors", "acceptors"),
                    options.invalid(),
                    Lipinski::of);
        }
    }
}
