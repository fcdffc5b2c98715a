package dev.tiller.cli.evaluate;

import dev.tiller.rewards.molecule.Molecule;
import dev.tiller.rewards.molecule.Smiles;
import dev.tiller.rewards.molecule.fingerprint.MoleculeDiversity;
import java.util.HashSet;
import java.util.List;

/**
 * The share of valid molecules in a set, the share of different ones among these, and the mean
 * distance of two: one minus Tanimoto's coefficient of ECFP4.
 */
public final class MoleculeVariety implements Measure {
    /** Creates the measure. */
    public MoleculeVariety() {}

    @Override
    public List<Column> columns() {
        return List.of(
                new Column("valid_share", "valid", 3),
                new Column("unique_share", "unique", 3),
                new Column("diversity", "diversity", 3));
    }

    @Override
    public double[] of(DesignSet set) {
        List<String> valid = canonical(set);
        double different = new HashSet<>(valid).size();
        return new double[] {
            (double) valid.size() / set.designs().size(),
            valid.isEmpty() ? Double.NaN : different / valid.size(),
            MoleculeDiversity.meanPairwiseDistance(valid)
        };
    }

    /** Returns the valid molecules of a set, each in its one text. */
    static List<String> canonical(DesignSet set) {
        return set.designs().stream()
                .flatMap(text -> Smiles.valid(text).map(Molecule::smiles).stream())
                .toList();
    }
}
