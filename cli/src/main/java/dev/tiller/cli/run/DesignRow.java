package dev.tiller.cli.run;

/**
 * One finished design.
 *
 * @param sampleId its number within the run
 * @param design its letters
 * @param reward the reward it was made for
 * @param referee the score of the independent referee, NaN if the reward has none
 */
public record DesignRow(long sampleId, String design, double reward, double referee) {}
