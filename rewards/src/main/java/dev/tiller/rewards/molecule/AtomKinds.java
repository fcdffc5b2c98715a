package dev.tiller.rewards.molecule;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.openscience.cdk.AtomRef;
import org.openscience.cdk.interfaces.IAtom;
import org.openscience.cdk.interfaces.IAtomContainer;
import org.openscience.cdk.isomorphism.matchers.Expr;
import org.openscience.cdk.isomorphism.matchers.QueryAtom;

/**
 * What atoms a pattern needs at least: a molecule that does not have them cannot have the pattern,
 * which is far cheaper to see than by matching. Atoms are told apart by element, aromaticity and
 * sign of the charge; whatever else a pattern asks for counts as fulfilled. Immutable.
 */
final class AtomKinds {
    private static final int ELEMENTS = 128;
    private static final int SIGNS = 3;
    private static final int KINDS = ELEMENTS * 2 * SIGNS;

    /** Sets of kinds, and how many atoms of each the pattern has. */
    private final Map<BitSet, Integer> needed = new HashMap<>();

    private AtomKinds() {}

    /** Reads what a query needs. */
    static AtomKinds of(IAtomContainer query) {
        AtomKinds kinds = new AtomKinds();
        for (IAtom atom : query.atoms()) {
            // containers hand out references to their atoms
            if (AtomRef.deref(atom) instanceof QueryAtom queryAtom) {
                BitSet possible = possible(queryAtom.getExpression());
                if (possible.cardinality() < KINDS) {
                    kinds.needed.merge(possible, 1, Integer::sum);
                }
            }
        }
        return kinds;
    }

    /** Returns the kinds of the atoms of a molecule, one number for each atom. */
    static int[] kinds(IAtomContainer molecule) {
        int[] kinds = new int[molecule.getAtomCount()];
        for (IAtom atom : molecule.atoms()) {
            int sign = Integer.signum(atom.getFormalCharge());
            kinds[atom.getIndex()] = kind(atom.getAtomicNumber(), atom.isAromatic(), sign);
        }
        return kinds;
    }

    /** Returns false if atoms of these kinds are too few for the pattern. */
    boolean mayBeIn(int[] kinds) {
        for (Map.Entry<BitSet, Integer> need : needed.entrySet()) {
            int missing = need.getValue();
            for (int i = 0; i < kinds.length && missing > 0; i++) {
                missing -= need.getKey().get(kinds[i]) ? 1 : 0;
            }
            if (missing > 0) {
                return false;
            }
        }
        return true;
    }

    private static int kind(int element, boolean aromatic, int sign) {
        return (element * 2 + (aromatic ? 1 : 0)) * SIGNS + sign + 1;
    }

    /** The kinds of atoms for which an expression may hold. */
    private static BitSet possible(Expr expression) {
        return switch (expression.type()) {
            case AND -> {
                BitSet both = possible(expression.left());
                both.and(possible(expression.right()));
                yield both;
            }
            case OR -> {
                BitSet either = possible(expression.left());
                either.or(possible(expression.right()));
                yield either;
            }
            case ELEMENT -> element(expression, true, true);
            case ALIPHATIC_ELEMENT -> element(expression, true, false);
            case AROMATIC_ELEMENT -> element(expression, false, true);
            case IS_AROMATIC -> select(-1, false, true, null);
            case IS_ALIPHATIC -> select(-1, true, false, null);
            case FORMAL_CHARGE -> select(-1, true, true, Integer.signum(expression.value()));
            default -> select(-1, true, true, null);
        };
    }

    private static BitSet element(Expr expression, boolean aliphatic, boolean aromatic) {
        return select(expression.value(), aliphatic, aromatic, null);
    }

    /** Kinds of one element or -1 for all, and of one sign of the charge or null for all. */
    private static BitSet select(int element, boolean aliphatic, boolean aromatic, Integer sign) {
        BitSet set = new BitSet(KINDS);
        for (int e = Math.max(0, element); e < (element < 0 ? ELEMENTS : element + 1); e++) {
            for (int s = -1; s <= 1; s++) {
                boolean charge = sign == null || sign == s;
                set.set(kind(e, false, s), charge && aliphatic);
                set.set(kind(e, true, s), charge && aromatic);
            }
        }
        return set;
    }
}
