package dev.tiller.cli.evaluate;

import dev.tiller.rewards.sequence.Diversity;
import java.util.List;

/**
 * How different the designs of a set are from each other: the mean share of positions at which two
 * of them differ, and the share that is left when equal ones are counted once.
 */
public final class Variety implements Measure {
    /** Creates the measure. */
    public Variety() {}

    @Override
    public List<Column> columns() {
        return List.of(
                new Column("diversity", "diversity", 3), new Column("unique_share", "unique", 3));
    }

    @Override
    public double[] of(DesignSet set) {
        return new double[] {
            Diversity.meanPairwiseDistance(set.designs()), Diversity.uniqueShare(set.designs())
        };
    }
}
