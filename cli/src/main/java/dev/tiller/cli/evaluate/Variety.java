package dev.tiller.cli.evaluate;

import dev.tiller.rewards.sequence.Diversity;
import java.util.List;
import java.util.function.ToDoubleFunction;

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
            mean(set, Diversity::meanPairwiseDistance), mean(set, Diversity::uniqueShare)
        };
    }

    /** The mean over what the designs were made for. */
    private static double mean(DesignSet set, ToDoubleFunction<List<String>> measure) {
        return set.byCondition().stream().mapToDouble(measure).average().orElseThrow();
    }
}
