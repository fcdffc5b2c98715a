package dev.tiller.finetune.log;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The numbers of one validation and of the steps since the one before.
 *
 * @param step steps done
 * @param loss mean training loss of these steps, NaN if there were none
 * @param gradientNorm norm of the last gradient, before clipping
 * @param learningRate learning rate of the last step
 * @param training means of the objective's further numbers over these steps, by name
 * @param validation the numbers of the validation, by name
 */
public record MetricsRow(
        long step,
        double loss,
        double gradientNorm,
        double learningRate,
        SortedMap<String, Double> training,
        SortedMap<String, Double> validation) {
    public MetricsRow {
        training = Collections.unmodifiableSortedMap(new TreeMap<>(training));
        validation = Collections.unmodifiableSortedMap(new TreeMap<>(validation));
    }

    /**
     * Creates a row.
     *
     * @param step steps done
     * @param loss mean training loss
     * @param gradientNorm norm of the last gradient
     * @param learningRate learning rate of the last step
     * @param training further numbers of the steps
     * @param validation numbers of the validation
     * @return the row
     */
    public static MetricsRow of(
            long step,
            double loss,
            double gradientNorm,
            double learningRate,
            Map<String, Double> training,
            Map<String, Double> validation) {
        return new MetricsRow(
                step,
                loss,
                gradientNorm,
                learningRate,
                new TreeMap<>(training),
                new TreeMap<>(validation));
    }
}
