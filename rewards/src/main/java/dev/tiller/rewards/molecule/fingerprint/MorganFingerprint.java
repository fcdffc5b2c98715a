package dev.tiller.rewards.molecule.fingerprint;

import dev.tiller.rewards.molecule.Molecule;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.openscience.cdk.interfaces.IAtom;
import org.openscience.cdk.interfaces.IAtomContainer;
import org.openscience.cdk.interfaces.IBond;

/**
 * Circular fingerprints: the environments of atoms up to a radius in bonds, as hashes (Rogers and
 * Hahn, JCIM 50, 2010). Radius 2 is ECFP4. The hashes are those of RDKit's Morgan fingerprint
 * without chirality, so that tables made with it can be read.
 *
 * <p>An environment with the very bonds of an earlier one is left out, and so are all larger ones
 * of its atom.
 */
public final class MorganFingerprint {
    private static final int AROMATIC = 12; // RDKit's number of the bond type

    private final IAtomContainer container;
    private final Map<Integer, Integer> counts = new TreeMap<>();
    private final Set<BitSet> seen = new HashSet<>();
    private final boolean[] dead;
    private int[] hashes;
    private BitSet[] bonds;

    private MorganFingerprint(Molecule molecule) {
        this.container = molecule.container();
        int n = container.getAtomCount();
        this.dead = new boolean[n];
        this.hashes = new int[n];
        this.bonds = new BitSet[n];
        for (int i = 0; i < n; i++) {
            hashes[i] = atomHash(container.getAtom(i));
            bonds[i] = new BitSet();
            counts.merge(hashes[i], 1, Integer::sum);
        }
    }

    /**
     * Counts the environments of a molecule.
     *
     * @param molecule the molecule
     * @param radius the largest radius in bonds
     * @return how often each hash occurs
     */
    public static Map<Integer, Integer> of(Molecule molecule, int radius) {
        MorganFingerprint fingerprint = new MorganFingerprint(molecule);
        for (int layer = 0; layer < radius; layer++) {
            fingerprint.grow(layer);
        }
        return fingerprint.counts;
    }

    private void grow(int layer) {
        int n = hashes.length;
        int[] grown = new int[n];
        BitSet[] reached = new BitSet[n];
        List<Environment> environments = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            reached[i] = (BitSet) bonds[i].clone();
            IAtom atom = container.getAtom(i);
            dead[i] |= atom.getBondCount() == 0;
            if (!dead[i]) {
                grown[i] = grow(layer, atom, reached[i]);
                environments.add(new Environment(reached[i], grown[i], i));
                dead[i] = seen.contains(reached[i]);
            }
        }
        environments.sort(Comparator.naturalOrder());
        for (Environment environment : environments) {
            if (seen.add(environment.bonds())) {
                counts.merge(environment.hash(), 1, Integer::sum);
            } else {
                dead[environment.atom()] = true;
            }
        }
        hashes = grown;
        bonds = reached;
    }

    private int grow(int layer, IAtom atom, BitSet reached) {
        List<int[]> neighbours = new ArrayList<>();
        for (IBond bond : atom.bonds()) {
            int other = bond.getOther(atom).getIndex();
            reached.set(bond.getIndex());
            reached.or(bonds[other]);
            int type = bond.isAromatic() ? AROMATIC : bond.getOrder().numeric();
            neighbours.add(new int[] {type, hashes[other]});
        }
        neighbours.sort(
                (a, b) ->
                        a[0] != b[0]
                                ? Integer.compare(a[0], b[0])
                                : Integer.compareUnsigned(a[1], b[1]));
        int hash = combine(layer, hashes[atom.getIndex()]);
        for (int[] neighbour : neighbours) {
            hash = combine(hash, combine(combine(0, neighbour[0]), neighbour[1]));
        }
        return hash;
    }

    private static int atomHash(IAtom atom) {
        int hydrogens = atom.getImplicitHydrogenCount();
        int hash = combine(0, atom.getAtomicNumber());
        hash = combine(hash, atom.getBondCount() + hydrogens);
        hash = combine(hash, hydrogens);
        hash = combine(hash, atom.getFormalCharge());
        hash = combine(hash, 0); // the difference of an isotope's mass
        return atom.isInRing() ? combine(hash, 1) : hash;
    }

    /** The way in which boost's hash_combine mixes 32-bit numbers. */
    private static int combine(int seed, int value) {
        return seed ^ (value + 0x9e3779b9 + (seed << 6) + (seed >>> 2));
    }

    private record Environment(BitSet bonds, int hash, int atom)
            implements Comparable<Environment> {
        @Override
        public int compareTo(Environment other) {
            BitSet difference = (BitSet) bonds.clone();
            difference.xor(other.bonds);
            if (!difference.isEmpty()) {
                return bonds.get(difference.length() - 1) ? 1 : -1;
            }
            int order = Integer.compareUnsigned(hash, other.hash);
            return order != 0 ? order : Integer.compare(atom, other.atom);
        }
    }
}
