package dev.tiller.cli.evaluate;

import java.util.List;

/** Share of G and C among all letters of a set of nucleotide sequences; NaN for other sequences. */
public final class GcShare implements Measure {
    /** Creates the measure. */
    public GcShare() {}

    @Override
    public List<Column> columns() {
        return List.of(new Column("gc_content", "GC", 3));
    }

    @Override
    public double[] of(DesignSet set) {
        if (!Letters.areNucleotides(set.designs())) {
            return new double[] {Double.NaN};
        }
        long letters = set.designs().stream().mapToLong(String::length).sum();
        long strong =
                set.designs().stream()
                        .flatMapToInt(String::chars)
                        .filter(letter -> letter == 'G' || letter == 'C')
                        .count();
        return new double[] {(double) strong / letters};
    }
}
