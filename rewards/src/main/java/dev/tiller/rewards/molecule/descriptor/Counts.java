package dev.tiller.rewards.molecule.descriptor;

import dev.tiller.rewards.molecule.Molecule;
import dev.tiller.rewards.molecule.Substructure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.openscience.cdk.graph.ConnectedComponents;
import org.openscience.cdk.graph.GraphUtil;
import org.openscience.cdk.interfaces.IAtom;
import org.openscience.cdk.interfaces.IAtomContainer;
import org.openscience.cdk.interfaces.IBond;

/** Numbers of rings, bonds and atoms of a kind. */
public final class Counts {
    private static final Substructure DONOR =
            Substructure.of("[N&!H0&v3,N&!H0&+1&v4,O&H1&+0,S&H1&+0,n&H1&+0]");

    /** The bond between the two atoms turns: neither ends a chain or is as good as an end. */
    private static final String TURNS =
            "!$(*#*)&!D1&!$(C(F)(F)F)&!$(C(Cl)(Cl)Cl)&!$(C(Br)(Br)Br)"
                    + "&!$(C([CH3])([CH3])[CH3])";

    /** Bonds of amides, esters and amidines do not turn. */
    private static final String NO_AMIDE =
            "&!$([CD3](=[N,O,S])-!@[#7,O,S!D1])&!$([#7,O,S!D1]-!@[CD3]=[N,O,S])"
                    + "&!$([CD3](=[N+])-!@[#7!D1])&!$([#7!D1]-!@[CD3]=[N+])";

    private static final Substructure ROTATABLE =
            Substructure.of("[" + TURNS + NO_AMIDE + "]-,:;!@[" + TURNS + "]");

    private Counts() {}

    /**
     * Returns the number of rings.
     *
     * @param molecule the molecule
     * @return rings of a smallest set that makes all others: bonds - atoms + pieces
     */
    public static int rings(Molecule molecule) {
        IAtomContainer container = molecule.container();
        int pieces = new ConnectedComponents(GraphUtil.toAdjList(container)).nComponents();
        return container.getBondCount() - container.getAtomCount() + pieces;
    }

    /**
     * Returns the number of aromatic rings as RDKit's QED counts them: the rings that stay without
     * the aliphatic atoms of rings that have a single bond to an aliphatic atom. So a ring between
     * two aromatic ones that is closed by carbonyls counts, too.
     *
     * @param molecule the molecule
     * @return the number of rings
     */
    public static int aromaticRings(Molecule molecule) {
        Set<IAtom> left = new HashSet<>();
        for (IAtom atom : molecule.container().atoms()) {
            if (!isAliphaticRingAtom(atom)) {
                left.add(atom);
            }
        }
        int rings = 0; // bonds - atoms + pieces of what is left
        for (IBond bond : molecule.container().bonds()) {
            rings += left.contains(bond.getBegin()) && left.contains(bond.getEnd()) ? 1 : 0;
        }
        rings -= left.size();
        while (!left.isEmpty()) {
            removePiece(left.iterator().next(), left);
            rings++;
        }
        return rings;
    }

    /**
     * Returns the number of rotatable bonds by RDKit's strict rule: single bonds outside of rings
     * between atoms that are no ends, without amides, esters and amidines.
     *
     * @param molecule the molecule
     * @return the number of bonds
     */
    public static int rotatableBonds(Molecule molecule) {
        return ROTATABLE.countIn(molecule);
    }

    /**
     * Returns the number of atoms that give hydrogen bonds.
     *
     * @param molecule the molecule
     * @return N, O and S with hydrogen
     */
    public static int donors(Molecule molecule) {
        return DONOR.countIn(molecule);
    }

    private static boolean isAliphaticRingAtom(IAtom atom) {
        if (atom.isAromatic() || !atom.isInRing()) {
            return false;
        }
        for (IBond bond : atom.bonds()) {
            if (bond.getOrder() == IBond.Order.SINGLE && !bond.getOther(atom).isAromatic()) {
                return true;
            }
        }
        return false;
    }

    private static void removePiece(IAtom start, Set<IAtom> left) {
        Deque<IAtom> open = new ArrayDeque<>(List.of(start));
        left.remove(start);
        while (!open.isEmpty()) {
            for (IAtom other : open.pop().neighbors()) {
                if (left.remove(other)) {
                    open.push(other);
                }
            }
        }
    }

    /** Listed in META-INF/services under the name {@code ring-count}. */
    public static final class Provider extends DescriptorProvider {

        /** Made by the service loader. */
        public Provider() {
            super("ring-count", "Number of rings of a molecule.", Counts::rings, 0, 100);
        }
    }
}
