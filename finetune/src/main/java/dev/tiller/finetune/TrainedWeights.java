package dev.tiller.finetune;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * The result of a training run: the weights of the best validation.
 *
 * @param average the moving average, by parameter name; what is not trained, as it is
 * @param raw the weights themselves at the same step
 * @param step the step of the best validation
 * @param steps the steps made
 * @param validationLoss the best validation loss
 * @param validation the further numbers of that validation, by name
 * @param stop why training ended, in one line
 */
public record TrainedWeights(
        Map<String, NDArray> average,
        Map<String, NDArray> raw,
        long step,
        long steps,
        double validationLoss,
        Map<String, Double> validation,
        String stop) {
    TrainedWeights ended(String why) {
        return new TrainedWeights(average, raw, step, steps, validationLoss, validation, why);
    }
}
