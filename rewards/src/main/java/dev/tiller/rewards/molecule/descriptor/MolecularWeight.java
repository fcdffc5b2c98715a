package dev.tiller.rewards.molecule.descriptor;

import dev.tiller.rewards.molecule.Molecule;
import org.openscience.cdk.tools.manipulator.AtomContainerManipulator;

/** The molecular weight in g/mol, hydrogens included, elements as they occur in nature. */
public final class MolecularWeight {
    private MolecularWeight() {}

    /**
     * Returns the weight.
     *
     * @param molecule the molecule
     * @return g/mol
     */
    public static double of(Molecule molecule) {
        return AtomContainerManipulator.getMass(
                molecule.container(), AtomContainerManipulator.MolWeight);
    }

    /** Listed in META-INF/services under the name {@code molecular-weight}. */
    public static final class Provider extends DescriptorProvider {

        /** Made by the service loader. */
        public Provider() {
            super(
                    "molecular-weight",
                    "Weight of a molecule in g/mol.",
                    MolecularWeight::of,
                    0,
                    10_000);
        }
    }
}
