package dev.tiller.finetune.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.finetune.data.LabelledTokens;
import dev.tiller.zoo.OneHot;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Logistic regression on sequences of two classes: how rewards are trained that tell one class from
 * the rest. The network's first output is the log-odds of class 1, in nats, at the share of the
 * class among the training examples.
 */
public final class Classification implements ScalarLoss {
    private static final int VALIDATION_ROWS = 256;

    private final LabelledTokens training;
    private final LabelledTokens validation;
    private final int cleanTokens;

    /**
     * Creates the objective.
     *
     * @param training what the network learns from; labels are 0 or 1
     * @param validation what early stopping watches, likewise
     * @param cleanTokens K
     */
    public Classification(LabelledTokens training, LabelledTokens validation, int cleanTokens) {
        requireBinary(training.labels());
        requireBinary(validation.labels());
        this.training = training;
        this.validation = validation;
        this.cleanTokens = cleanTokens;
    }

    private static void requireBinary(double[] labels) {
        for (double label : labels) {
            if (label != 0 && label != 1) {
                throw new IllegalArgumentException("labels must be 0 or 1, got " + label);
            }
        }
    }

    @Override
    public int examples() {
        return training.size();
    }

    @Override
    public NDArray loss(Forward network, int[] batch, long step, NDManager scope) {
        NDArray output = network.run(new NDList(inputs(training, batch, scope)), step);
        float[] signs = new float[batch.length];
        for (int i = 0; i < batch.length; i++) {
            signs[i] = training.labels()[batch[i]] == 1 ? 1 : -1;
        }
        NDArray margins = output.get(":, 0").mul(scope.create(signs));
        // log(1 + exp(-m)) = max(-m, 0) + log(1 + exp(-|m|))
        NDArray hinge = margins.neg().getNDArrayInternal().relu();
        return hinge.add(margins.abs().neg().exp().add(1f).log()).mean();
    }

    private NDArray inputs(LabelledTokens data, int[] rows, NDManager scope) {
        int length = data.tokens()[0].length;
        long[] flat = new long[rows.length * length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(data.tokens()[rows[i]], 0, flat, i * length, length);
        }
        return OneHot.encode(scope.create(flat, new Shape(rows.length, length)), cleanTokens);
    }

    /**
     * Predicts log-odds.
     *
     * @param network the network in evaluation mode
     * @param data the sequences
     * @param scope parent of the managers of all arrays made
     * @return the log-odds of class 1 for each sequence, in nats
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
                    predictions[first + i] = values[i];
                }
            }
        }
        return predictions;
    }

    @Override
    public Validation validate(Forward network, NDManager scope) {
        double[] logOdds = predict(network, validation, scope);
        double loss = logLoss(logOdds, validation.labels());
        double auroc = Statistics.auroc(logOdds, validation.labels());
        return new Validation(loss, Map.of("log_loss", loss, "auroc", auroc));
    }

    /**
     * Returns the mean negative log-likelihood.
     *
     * @param logOdds of class 1
     * @param labels 0 or 1
     * @return in nats
     */
    public static double logLoss(double[] logOdds, double[] labels) {
        double sum = 0;
        for (int i = 0; i < logOdds.length; i++) {
            double margin = labels[i] == 1 ? logOdds[i] : -logOdds[i];
            sum += Math.max(-margin, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(margin)));
        }
        return sum / logOdds.length;
    }

    /**
     * Returns how often the likelier class is the right one.
     *
     * @param logOdds of class 1
     * @param labels 0 or 1
     * @return a share
     */
    public static double accuracy(double[] logOdds, double[] labels) {
        int right = 0;
        for (int i = 0; i < logOdds.length; i++) {
            right += logOdds[i] > 0 == (labels[i] == 1) ? 1 : 0;
        }
        return right / (double) logOdds.length;
    }
}
