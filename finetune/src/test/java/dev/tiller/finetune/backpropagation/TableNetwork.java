package dev.tiller.finetune.backpropagation;

import static dev.tiller.sampler.exact.TableChain.LENGTH;
import static dev.tiller.sampler.exact.TableChain.LETTERS;
import static dev.tiller.sampler.exact.TableChain.STATES;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.finetune.objective.Objective;

/**
 * A network that is a table: logits for each of the 256 states of the table chain. Between the
 * states it is the multilinear function through them, so it also reads soft states.
 */
final class TableNetwork implements Objective.Forward {
    private final NDArray table;

    /** {@code logits[state][position * LETTERS + letter]}; trained or frozen. */
    TableNetwork(double[][] logits, boolean trained, NDManager manager) {
        float[] values = new float[STATES * LENGTH * LETTERS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) logits[i / (LENGTH * LETTERS)][i % (LENGTH * LETTERS)];
        }
        table = manager.create(values, new Shape(STATES, (long) LENGTH * LETTERS));
        table.setRequiresGradient(trained);
    }

    NDArray table() {
        return table;
    }

    /** The logits as they are now. */
    double[][] logits() {
        float[] values = table.toFloatArray();
        double[][] logits = new double[STATES][LENGTH * LETTERS];
        for (int i = 0; i < values.length; i++) {
            logits[i / (LENGTH * LETTERS)][i % (LENGTH * LETTERS)] = values[i];
        }
        return logits;
    }

    @Override
    public NDArray run(NDList inputs, long step) {
        NDArray x = inputs.head();
        NDArray soft = x.getDataType() == DataType.INT64 ? x.oneHot(LETTERS + 1) : x;
        long rows = soft.getShape().get(0);
        NDArray weights = soft.get(new NDIndex(":, 0"));
        for (int l = 1; l < LENGTH; l++) {
            NDArray position = soft.get(new NDIndex(":, {}", l)).expandDims(1);
            weights = weights.expandDims(2).mul(position).reshape(rows, -1);
        }
        return weights.matMul(table).reshape(rows, LENGTH, LETTERS);
    }
}
