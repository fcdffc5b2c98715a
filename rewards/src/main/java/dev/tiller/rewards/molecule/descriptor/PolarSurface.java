package dev.tiller.rewards.molecule.descriptor;

import dev.tiller.rewards.molecule.Molecule;
import dev.tiller.rewards.molecule.TableResource;
import java.util.Arrays;
import java.util.List;
import org.openscience.cdk.graph.Cycles;
import org.openscience.cdk.interfaces.IAtom;
import org.openscience.cdk.interfaces.IBond;

/**
 * The topological polar surface area in square angstrom, as the sum of contributions of nitrogen
 * and oxygen (Ertl, Rohde and Selzer, J. Med. Chem. 43, 2000). Sulphur and phosphorus add nothing.
 */
public final class PolarSurface {
    private static final int NITROGEN = 7;
    private static final int OXYGEN = 8;
    private static final List<Row> ROWS =
            TableResource.rows(PolarSurface.class, "tpsa.tsv").stream().map(Row::of).toList();

    private PolarSurface() {}

    /**
     * Returns the polar surface.
     *
     * @param molecule the molecule
     * @return square angstrom, 0 or more
     */
    public static double of(Molecule molecule) {
        double sum = 0;
        for (IAtom atom : molecule.container().atoms()) {
            int element = atom.getAtomicNumber();
            if (element == NITROGEN || element == OXYGEN) {
                sum += contribution(atom);
            }
        }
        return sum;
    }

    private static double contribution(IAtom atom) {
        int[] bonds = new int[4];
        for (IBond bond : atom.bonds()) {
            bonds[bond.isAromatic() ? 3 : bond.getOrder().numeric() - 1]++;
        }
        int[] key = {
            atom.getAtomicNumber(),
            atom.getBondCount(),
            atom.getImplicitHydrogenCount(),
            atom.getFormalCharge(),
            bonds[0],
            bonds[1],
            bonds[2],
            bonds[3]
        };
        boolean small = atom.isInRing() && Cycles.smallRingSize(atom, 3) == 3;
        for (Row row : ROWS) {
            if (Arrays.equals(row.key(), key) && (row.any() || row.small() == small)) {
                return row.contribution();
            }
        }
        boolean nitrogen = key[0] == NITROGEN; // the paper's rule for all others
        double bare = nitrogen ? 30.5 - 8.2 * key[1] : 28.5 - 8.6 * key[1];
        return Math.max(0, bare + 1.5 * key[2]);
    }

    private record Row(int[] key, boolean any, boolean small, double contribution) {
        static Row of(String[] columns) {
            int[] key = new int[8];
            key[0] = columns[0].equals("N") ? NITROGEN : OXYGEN;
            for (int i = 1; i < key.length; i++) {
                key[i] = Integer.parseInt(columns[i]);
            }
            String ring = columns[8];
            return new Row(
                    key, ring.equals("any"), ring.equals("yes"), Double.parseDouble(columns[9]));
        }
    }

    /** Listed in META-INF/services under the name {@code tpsa}. */
    public static final class Provider extends DescriptorProvider {

        /** Made by the service loader. */
        public Provider() {
            super(
                    "tpsa",
                    "Topological polar surface area of a molecule in square angstrom.",
                    PolarSurface::of,
                    0,
                    1000);
        }
    }
}
