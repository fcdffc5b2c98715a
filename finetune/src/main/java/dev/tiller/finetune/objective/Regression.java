package dev.tiller.finetune.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.finetune.data.ExampleStream;
import dev.tiller.finetune.data.LabelledTokens;
import dev.tiller.zoo.OneHot;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Regression on labelled sequences, clean or noisy: how rewards, their referees and the value
 * networks of SVDD-MC are trained. Least squares on the rewards of roll-outs gives E[r | x_t], as
 * the published code does; {@link Linex} gives the soft value tau log E[exp(r / tau) | x_t] that Li
 * et al. 2024 define (arXiv 2408.08252, algorithm 3).
 *
 * <p>Labels are standardised by fixed examples; the network's output is in those units.
 */
public final class Regression implements ScalarLoss {
    private static final int VALIDATION_ROWS = 256;

    private final ExampleStream training;
    private final LabelledTokens validation;
    private final int cleanTokens;
    private final RegressionLoss loss;
    private final double mean;
    private final double deviation;

    /**
     * Creates least squares on fixed examples, by which labels are standardised.
     *
     * @param training what the network learns from
     * @param validation what early stopping watches
     * @param cleanTokens K
     */
    public Regression(LabelledTokens training, LabelledTokens validation, int cleanTokens) {
        this(
                ExampleStream.of(training),
                validation,
                training,
                cleanTokens,
                RegressionLoss.LEAST_SQUARES);
    }

    /**
     * Creates the objective.
     *
     * @param training what the network learns from
     * @param validation what early stopping watches
     * @param standard the examples whose labels give mean and deviation
     * @param cleanTokens K
     * @param loss what is paid for errors
     */
    public Regression(
            ExampleStream training,
            LabelledTokens validation,
            LabelledTokens standard,
            int cleanTokens,
            RegressionLoss loss) {
        this.training = training;
        this.validation = validation;
        this.cleanTokens = cleanTokens;
        this.loss = loss;
        this.mean = Statistics.mean(standard.labels());
        this.deviation = Math.max(1e-8, Statistics.standardDeviation(standard.labels()));
    }

    /**
     * Returns the mean of the labels.
     *
     * @return in the unit of the labels
     */
    public double mean() {
        return mean;
    }

    /**
     * Returns the standard deviation of the labels.
     *
     * @return in the unit of the labels
     */
    public double deviation() {
        return deviation;
    }

    @Override
    public int examples() {
        return training.size();
    }

    @Override
    public void prepare(long step) {
        training.at(step);
    }

    @Override
    public NDArray loss(Forward network, int[] batch, long step, NDManager scope) {
        LabelledTokens rows = training.at(step);
        NDArray output = network.run(new NDList(inputs(rows, batch, scope)), step);
        float[] targets = new float[batch.length];
        for (int i = 0; i < batch.length; i++) {
            targets[i] = (float) ((rows.labels()[batch[i]] - mean) / deviation);
        }
        NDArray first = output.get(":, 0");
        return loss.mean(first.sub(scope.create(targets)), deviation);
    }

    private NDArray inputs(LabelledTokens data, int[] rows, NDManager scope) {
        int length = data.tokens()[0].length;
        long[] flat = new long[rows.length * length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(data.tokens()[rows[i]], 0, flat, i * length, length);
        }
        NDArray tokens = scope.create(flat, new Shape(rows.length, length));
        return OneHot.encode(tokens, cleanTokens);
    }

    /**
     * Predicts labels.
     *
     * @param network the network in evaluation mode
     * @param data the sequences
     * @param scope parent of the managers of all arrays made
     * @return one prediction per sequence, in the unit of the labels
     */
    public double[] predict(Forward network, LabelledTokens data, NDManager scope) {
        double[] predictions = new double[data.size()];
        for (int start = 0; start < data.size(); start += VALIDATION_ROWS) {
            int first = start;
            int end = Math.min(data.size(), start + VALIDATION_ROWS);
            try (NDManager part = scope.newSubManager()) {
                int[] rows = IntStream.range(first, end).toArray();
                NDArray output = network.run(new NDList(inputs(data, rows, part)), -1);
                float[] values = output.get(":, 0").toFloatArray();
                for (int i = 0; i < values.length; i++) {
                    predictions[first + i] = mean + deviation * values[i];
                }
            }
        }
        return predictions;
    }

    @Override
    public Validation validate(Forward network, NDManager scope) {
        double[] predictions = predict(network, validation, scope);
        double sum = 0;
        for (int i = 0; i < predictions.length; i++) {
            double error = (predictions[i] - validation.labels()[i]) / deviation;
            sum += loss.of(error, deviation) / predictions.length;
        }
        double pearson = Statistics.pearson(predictions, validation.labels());
        return new Validation(sum, Map.of(loss.metric(), sum, "pearson", pearson));
    }
}
