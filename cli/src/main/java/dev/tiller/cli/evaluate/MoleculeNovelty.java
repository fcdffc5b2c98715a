package dev.tiller.cli.evaluate;

import dev.tiller.rewards.molecule.Molecule;
import dev.tiller.rewards.molecule.Smiles;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The share of the valid molecules of a set that are not among the molecules of a reference. */
public final class MoleculeNovelty implements Measure {
    private final Set<String> known;

    /**
     * Creates the measure.
     *
     * @param reference SMILES in any form; what is no valid molecule is left out
     */
    public MoleculeNovelty(List<String> reference) {
        known =
                reference.parallelStream()
                        .flatMap(text -> Smiles.valid(text).map(Molecule::smiles).stream())
                        .collect(Collectors.toCollection(HashSet::new));
    }

    @Override
    public List<Column> columns() {
        return List.of(new Column("novel_share", "novel", 3));
    }

    @Override
    public double[] of(DesignSet set) {
        List<String> valid = MoleculeVariety.canonical(set);
        long novel = valid.stream().filter(text -> !known.contains(text)).count();
        return new double[] {valid.isEmpty() ? Double.NaN : (double) novel / valid.size()};
    }
}
