package dev.tiller.rewards.molecule;

import org.openscience.cdk.interfaces.IAtom;
import org.openscience.cdk.isomorphism.DfPattern;
import org.openscience.cdk.silent.SilentChemObjectBuilder;
import org.openscience.cdk.smarts.Smarts;
import org.openscience.cdk.smarts.SmartsResult;

/** A pattern of atoms and bonds as SMARTS. Immutable, hence safe for concurrent use. */
public final class Substructure {
    private final String smarts;
    private final DfPattern pattern;
    private final AtomKinds needed;

    private Substructure(String smarts, DfPattern pattern, AtomKinds needed) {
        this.smarts = smarts;
        this.pattern = pattern;
        this.needed = needed;
    }

    /**
     * Reads a pattern.
     *
     * @param smarts the pattern
     * @return the pattern
     * @throws IllegalArgumentException if the text is not SMARTS
     */
    public static Substructure of(String smarts) {
        var query = SilentChemObjectBuilder.getInstance().newAtomContainer();
        SmartsResult result = Smarts.parseToResult(query, smarts);
        if (!result.ok() || query.isEmpty()) {
            String reason = result.ok() ? "it has no atoms" : result.getMessage();
            throw new IllegalArgumentException(
                    "SMARTS must be a pattern such as C(=O)[OH], got '" + smarts + "': " + reason);
        }
        return new Substructure(smarts, DfPattern.findSubstructure(query), AtomKinds.of(query));
    }

    /**
     * Returns whether a molecule has the pattern.
     *
     * @param molecule the molecule
     * @return whether it matches anywhere
     */
    public boolean isIn(Molecule molecule) {
        return needed.mayBeIn(molecule.kinds()) && pattern.matches(molecule.container());
    }

    /**
     * Returns whether the first atom of the pattern can be a given one.
     *
     * @param atom an atom of {@link Molecule#container}
     * @return whether the pattern matches there
     */
    public boolean startsAt(IAtom atom) {
        return pattern.matchesRoot(atom);
    }

    /**
     * Counts the matches with different sets of atoms.
     *
     * @param molecule the molecule
     * @return the number of matches, 0 or more
     */
    public int countIn(Molecule molecule) {
        return needed.mayBeIn(molecule.kinds())
                ? pattern.matchAll(molecule.container()).uniqueAtoms().count()
                : 0;
    }

    /**
     * Returns the pattern as it was given.
     *
     * @return SMARTS
     */
    @Override
    public String toString() {
        return smarts;
    }
}
