package dev.tiller.cli.evaluate;

import java.util.List;

/**
 * One row of an evaluation.
 *
 * @param set the designs
 * @param values a number for each column, NaN where it is not defined
 * @param judged the scores to draw, or null without a reward
 */
public record EvaluatedSet(DesignSet set, List<Double> values, double[] judged) {}
