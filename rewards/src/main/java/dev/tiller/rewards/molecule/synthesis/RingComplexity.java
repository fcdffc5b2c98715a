package dev.tiller.rewards.molecule.synthesis;

import dev.tiller.rewards.molecule.Molecule;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.openscience.cdk.graph.Cycles;
import org.openscience.cdk.graph.GraphUtil;
import org.openscience.cdk.graph.invariant.Canon;
import org.openscience.cdk.interfaces.IAtom;
import org.openscience.cdk.interfaces.IAtomContainer;
import org.openscience.cdk.interfaces.IBond;

/**
 * What makes a molecule hard to make, apart from its fragments.
 *
 * @param stereocentres atoms with stereochemistry, whether the text gives it or not
 * @param spiro atoms that two rings share and nothing else
 * @param bridgeheads atoms at the ends of two or more bonds that two rings share
 * @param macrocycle whether a ring has more than eight atoms
 */
record RingComplexity(int stereocentres, int spiro, int bridgeheads, boolean macrocycle) {
    private static final int LARGEST_RING = 8;
    private static final int CARBON = 6;
    private static final int NITROGEN = 7;
    private static final int PHOSPHORUS = 15;
    private static final int SULPHUR = 16;

    static RingComplexity of(Molecule molecule) {
        IAtomContainer container = molecule.container();
        int[][] rings = Cycles.relevant(container).paths(); // each closed: first atom = last atom
        BitSet spiro = new BitSet();
        BitSet bridgeheads = new BitSet();
        boolean macrocycle = false;
        for (int a = 0; a < rings.length; a++) {
            macrocycle |= rings[a].length - 1 > LARGEST_RING;
            for (int b = 0; b < a; b++) {
                compare(container, rings[a], rings[b], spiro, bridgeheads);
            }
        }
        return new RingComplexity(
                stereocentres(container),
                spiro.cardinality(),
                bridgeheads.cardinality(),
                macrocycle);
    }

    private static void compare(
            IAtomContainer container, int[] a, int[] b, BitSet spiro, BitSet bridgeheads) {
        BitSet shared = atoms(a);
        shared.and(atoms(b));
        if (shared.cardinality() == 1) {
            spiro.or(shared);
        }
        BitSet bonds = bonds(container, a);
        bonds.and(bonds(container, b));
        if (bonds.cardinality() > 1) {
            BitSet ends = new BitSet(); // atoms of an odd number of shared bonds
            bonds.stream()
                    .forEach(
                            bond -> {
                                ends.flip(container.getBond(bond).getBegin().getIndex());
                                ends.flip(container.getBond(bond).getEnd().getIndex());
                            });
            bridgeheads.or(ends);
        }
    }

    private static BitSet atoms(int[] ring) {
        BitSet atoms = new BitSet();
        for (int atom : ring) {
            atoms.set(atom);
        }
        return atoms;
    }

    private static BitSet bonds(IAtomContainer container, int[] ring) {
        BitSet bonds = new BitSet();
        for (int i = 1; i < ring.length; i++) {
            IBond bond =
                    container.getBond(container.getAtom(ring[i - 1]), container.getAtom(ring[i]));
            bonds.set(bond.getIndex());
        }
        return bonds;
    }

    private static int stereocentres(IAtomContainer container) {
        long[] classes = Canon.symmetry(container, GraphUtil.toAdjList(container));
        int count = 0;
        for (IAtom atom : container.atoms()) {
            count += mayBeStereocentre(atom) && neighboursDiffer(atom, classes) ? 1 : 0;
        }
        return count;
    }

    /**
     * Four neighbours, a hydrogen among them at most once, around C, N+, P or S; S and aziridines
     * with three.
     */
    private static boolean mayBeStereocentre(IAtom atom) {
        int hydrogens = atom.getImplicitHydrogenCount();
        int neighbours = atom.getBondCount() + hydrogens;
        if (hydrogens > 1 || atom.isAromatic()) {
            return false;
        }
        return switch (atom.getAtomicNumber()) {
            case CARBON, PHOSPHORUS -> neighbours == 4;
            case NITROGEN ->
                    neighbours == 4
                            || (atom.getBondCount() == 3 && Cycles.smallRingSize(atom, 3) == 3);
            case SULPHUR -> atom.getBondCount() >= 3 && neighbours <= 4;
            default -> false;
        };
    }

    private static boolean neighboursDiffer(IAtom atom, long[] classes) {
        Set<Long> seen = new HashSet<>();
        for (IAtom other : atom.neighbors()) {
            if (!seen.add(classes[other.getIndex()])) {
                return false;
            }
        }
        return true;
    }
}
