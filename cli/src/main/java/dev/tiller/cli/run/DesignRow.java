package dev.tiller.cli.run;

import java.util.Map;
import java.util.TreeMap;

/**
 * One finished design.
 *
 * @param sampleId its number within the run
 * @param design its letters
 * @param reward the reward it was made for
 * @param referee the score of the independent referee, NaN if the reward has none
 * @param columns further numbers by column, such as the components of the reward
 */
public record DesignRow(
        long sampleId, String design, double reward, double referee, Map<String, Double> columns) {
    /** The column of the number of the backbone that a protein was designed for, from 0. */
    public static final String BACKBONE = "backbone";

    public DesignRow {
        columns = columns == null ? Map.of() : new TreeMap<>(columns);
    }
}
