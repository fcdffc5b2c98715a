package dev.tiller.finetune.objective;

import ai.djl.ndarray.NDArray;

/**
 * What a regression pays for the errors of its predictions; its unit is that of a variance of 1.
 */
public interface RegressionLoss {
    /** Least squares: the prediction of least loss is the mean of the labels. */
    RegressionLoss LEAST_SQUARES =
            new RegressionLoss() {
                @Override
                public NDArray mean(NDArray errors, double deviation) {
                    return errors.square().mean();
                }

                @Override
                public double of(double error, double deviation) {
                    return error * error;
                }

                @Override
                public String metric() {
                    return "mse";
                }
            };

    /**
     * Returns the mean loss of a batch; gradients flow through it.
     *
     * @param errors prediction - label, in units of the standard deviation, float32 [B]
     * @param deviation the standard deviation, in the unit of the labels
     * @return a float32 scalar, owned by the manager of {@code errors}
     */
    NDArray mean(NDArray errors, double deviation);

    /**
     * Returns the loss of one error, in float64.
     *
     * @param error prediction - label, in units of the standard deviation
     * @param deviation the standard deviation, in the unit of the labels
     * @return at least 0; 0 without an error
     */
    double of(double error, double deviation);

    /**
     * Returns the name of the loss in logs.
     *
     * @return a short name
     */
    String metric();
}
