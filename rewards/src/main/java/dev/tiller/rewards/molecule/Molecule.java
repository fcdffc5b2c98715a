package dev.tiller.rewards.molecule;

import java.util.ArrayList;
import java.util.List;
import org.openscience.cdk.aromaticity.Aromaticity;
import org.openscience.cdk.exception.CDKException;
import org.openscience.cdk.exception.InvalidSmilesException;
import org.openscience.cdk.graph.Cycles;
import org.openscience.cdk.interfaces.IAtom;
import org.openscience.cdk.interfaces.IAtomContainer;
import org.openscience.cdk.interfaces.IBond;
import org.openscience.cdk.silent.Atom;
import org.openscience.cdk.silent.SilentChemObjectBuilder;
import org.openscience.cdk.smiles.SmiFlavor;
import org.openscience.cdk.smiles.SmilesGenerator;
import org.openscience.cdk.smiles.SmilesParser;
import org.openscience.cdk.tools.manipulator.AtomContainerManipulator;

/**
 * A valid molecule: its atoms keep their valences, rings and aromaticity (Daylight's rules) are
 * found, hydrogens are counts of the heavy atoms. Stereochemistry is kept as far as the text had
 * it, but is not part of {@link #smiles} and {@link #graph}.
 *
 * <p>Reading changes nothing about an instance, so that it may be shared by threads.
 */
public final class Molecule {
    private static final IBond.Order[] ORDERS = {
        IBond.Order.SINGLE, IBond.Order.DOUBLE, IBond.Order.TRIPLE
    };

    private final IAtomContainer container;
    private final int[] kinds;

    private Molecule(IAtomContainer container) {
        this.container = container;
        this.kinds = AtomKinds.kinds(container);
    }

    /**
     * Reads a molecule.
     *
     * @param smiles the molecule as SMILES; the empty text is a molecule without atoms. A nitro
     *     group and the like may be written with nitrogen of five bonds
     * @return the molecule
     * @throws IllegalArgumentException if the text is not SMILES, an aromatic ring has no Kekule
     *     form, or an atom has more bonds than its valences allow; in one line
     */
    public static Molecule parse(String smiles) {
        if (smiles.chars().anyMatch(Character::isWhitespace)) {
            throw invalid(smiles, "it must have no white space");
        }
        IAtomContainer container;
        try {
            container = new SmilesParser(SilentChemObjectBuilder.getInstance()).parseSmiles(smiles);
        } catch (InvalidSmilesException e) {
            throw invalid(smiles, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
        container = withoutHydrogenAtoms(container);
        for (IAtom atom : container.atoms()) {
            separateCharges(atom);
        }
        for (IAtom atom : container.atoms()) {
            requireValence(smiles, atom);
        }
        return perceived(container);
    }

    /**
     * Makes the molecule of a graph.
     *
     * @param graph a graph whose atoms keep their valences; N with four bonds and O with three get
     *     the charge +1
     * @return the molecule, filled up with hydrogens
     * @throws IllegalArgumentException if an element is unknown or an atom has too many bonds; then
     *     {@link MoleculeBuilder} corrects it
     */
    public static Molecule of(MolecularGraph graph) {
        IAtomContainer container = SilentChemObjectBuilder.getInstance().newAtomContainer();
        int[][] bonds = graph.bonds();
        for (int i = 0; i < graph.size(); i++) {
            String symbol = graph.atoms().get(i);
            int sum = MoleculeBuilder.valence(bonds[i]);
            MoleculeBuilder.requireKnown(symbol);
            if (!Valences.holds(symbol, sum)) {
                throw new IllegalArgumentException(
                        "atoms of a molecule must keep their valences, got "
                                + sum
                                + " bonds of atom "
                                + (i + 1)
                                + " ("
                                + symbol
                                + "); correct the graph first");
            }
            int charge = Valences.chargeFor(symbol, sum);
            Atom atom = new Atom(symbol);
            atom.setFormalCharge(charge);
            atom.setImplicitHydrogenCount(Valences.hydrogens(symbol, charge, sum));
            container.addAtom(atom);
        }
        for (int i = 0; i < bonds.length; i++) {
            for (int j = 0; j < i; j++) {
                if (bonds[i][j] > 0) {
                    container.addBond(j, i, ORDERS[bonds[i][j] - 1]);
                }
            }
        }
        return perceived(container);
    }

    /**
     * Returns the structure for algorithms of the Chemistry Development Kit.
     *
     * @return atoms and bonds with rings and aromaticity marked; not to be modified
     */
    public IAtomContainer container() {
        return container;
    }

    /** The kinds of the atoms as {@link AtomKinds} has them; not to be modified. */
    int[] kinds() {
        return kinds;
    }

    /**
     * Returns the canonical SMILES.
     *
     * @return the same text for each way to write the molecule, without stereochemistry and
     *     isotopes; empty without atoms
     */
    public String smiles() {
        try {
            return SmilesGenerator.create(
                    container,
                    SmiFlavor.Unique | SmiFlavor.UseAromaticSymbols,
                    new int[container.getAtomCount()]);
        } catch (CDKException e) {
            throw new IllegalStateException("molecule must have a SMILES, got none", e);
        }
    }

    /**
     * Returns the graph of atoms and bonds, which forgets charges, hydrogens, isotopes and
     * stereochemistry.
     *
     * @return the kekulised graph, atoms in the order of this molecule
     * @throws IllegalArgumentException if a bond has no order from 1 to 3, or an atom no element
     */
    public MolecularGraph graph() {
        int n = container.getAtomCount();
        List<String> atoms = new ArrayList<>(n);
        for (IAtom atom : container.atoms()) {
            MoleculeBuilder.requireKnown(atom.getSymbol());
            atoms.add(atom.getSymbol());
        }
        int[][] bonds = new int[n][n];
        for (IBond bond : container.bonds()) {
            int order = bond.getOrder() == null ? 0 : bond.getOrder().numeric();
            if (order < 1 || order > ORDERS.length) {
                throw new IllegalArgumentException(
                        "bonds of a molecular graph must be single, double or triple, got "
                                + bond.getOrder());
            }
            int i = bond.getBegin().getIndex();
            int j = bond.getEnd().getIndex();
            bonds[i][j] = order;
            bonds[j][i] = order;
        }
        return new MolecularGraph(atoms, bonds);
    }

    private static Molecule perceived(IAtomContainer container) {
        Cycles.markRingAtomsAndBonds(container);
        Aromaticity.apply(Aromaticity.Model.Daylight, container);
        return new Molecule(container);
    }

    private static IAtomContainer withoutHydrogenAtoms(IAtomContainer container) {
        boolean some = false;
        for (IAtom atom : container.atoms()) {
            if (atom.getAtomicNumber() == 1) {
                atom.setMassNumber(null); // deuterium would stay
                some = true;
            }
        }
        return some ? AtomContainerManipulator.suppressHydrogens(container) : container;
    }

    /** Writes N with five bonds as N+ with four: N(=O) as N+(O-), and N(#N) as N+(=N-). */
    private static void separateCharges(IAtom atom) {
        if (atom.getAtomicNumber() != 7 || atom.getFormalCharge() != 0 || bondsOf(atom) != 5) {
            return;
        }
        for (IBond bond : atom.bonds()) {
            IAtom other = bond.getOther(atom);
            boolean oxide = other.getAtomicNumber() == 8 && bond.getOrder() == ORDERS[1];
            boolean azide = other.getAtomicNumber() == 7 && bond.getOrder() == ORDERS[2];
            if ((oxide || azide) && other.getFormalCharge() == 0) {
                bond.setOrder(ORDERS[oxide ? 0 : 1]);
                atom.setFormalCharge(1);
                other.setFormalCharge(-1);
                return;
            }
        }
    }

    private static void requireValence(String smiles, IAtom atom) {
        String symbol = atom.getSymbol();
        if (!Valences.knows(symbol)) {
            return;
        }
        int bonds = bondsOf(atom);
        int largest = Valences.largest(symbol, atom.getFormalCharge());
        if (bonds > largest) {
            String atomText = "atom " + (atom.getIndex() + 1) + " (" + symbol + ")";
            int allowed = Math.max(0, largest);
            String problem = atomText + " has " + bonds + " bonds, its valence allows " + allowed;
            throw invalid(smiles, problem);
        }
    }

    private static int bondsOf(IAtom atom) {
        int sum = atom.getImplicitHydrogenCount();
        for (IBond bond : atom.bonds()) {
            sum += bond.getOrder().numeric();
        }
        return sum;
    }

    private static IllegalArgumentException invalid(String smiles, String problem) {
        return new IllegalArgumentException(
                "SMILES must be that of a valid molecule, got '" + smiles + "': " + problem);
    }
}
