package dev.tiller.cli.evaluate;

import java.util.List;

/** Something that is measured of a set of designs. */
public interface Measure {
    /**
     * Returns the columns that this fills.
     *
     * @return at least one column
     */
    List<Column> columns();

    /**
     * Checks that a set can be measured, before anything is computed.
     *
     * @param set the designs
     * @throws IllegalArgumentException if it cannot
     */
    default void require(DesignSet set) {}

    /**
     * Measures a set.
     *
     * @param set the designs
     * @return a number for each column, NaN where it is not defined
     */
    double[] of(DesignSet set);
}
