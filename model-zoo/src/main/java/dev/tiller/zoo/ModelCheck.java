package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What was seen when a model was loaded and run.
 *
 * @param engine what ran it, and why
 * @param digest SHA-256 of its weights
 * @param parameters the number of its parameters, or 0 for a module of another program
 * @param inputs dtype and shape of each input of the call
 * @param outputs dtype and shape of each output
 * @param millisecondsPerCall the fastest of a few calls on one thread
 * @param rowsPerSecond the rows of that call in a second
 */
public record ModelCheck(
        String engine,
        String digest,
        long parameters,
        List<String> inputs,
        List<String> outputs,
        double millisecondsPerCall,
        double rowsPerSecond) {
    private static final int CALLS = 5;

    /** Copies the lists. */
    public ModelCheck {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /**
     * Loads a model and runs one batch of random inputs a few times.
     *
     * @param model the model
     * @param backend the engine to run on
     * @param device the device to run on
     * @return what was seen
     * @throws IllegalArgumentException if the model does not load, or gives other than finite
     *     numbers of the shape that its kind asks for
     */
    public static ModelCheck run(ModelDirectory model, Backend backend, Device device) {
        ModelConfig config = model.config();
        try (Network network = model.network(backend, device);
                NDManager manager = network.newManager()) {
            int rows = network.rowsPerCall();
            NDList inputs = ExampleInputs.of(config, rows, manager);
            NDList outputs = network.run(inputs);
            requireOutputs(config, outputs, rows);
            double best = Double.POSITIVE_INFINITY;
            for (int i = 0; i < CALLS; i++) {
                long start = System.nanoTime();
                network.run(inputs).close();
                best = Math.min(best, (System.nanoTime() - start) / 1e6);
            }
            return new ModelCheck(
                    network.engine(),
                    network.digest(),
                    parameters(model),
                    describe(inputs),
                    describe(outputs),
                    best,
                    rows / best * 1000);
        }
    }

    private static long parameters(ModelDirectory model) {
        if (ForeignModule.isForeign(model.config())) {
            return 0;
        }
        return model.block().shapes().values().stream().mapToLong(Shape::size).sum();
    }

    private static List<String> describe(NDList arrays) {
        List<String> texts = new ArrayList<>();
        for (NDArray array : arrays) {
            texts.add(array.getDataType() + " " + array.getShape());
        }
        return texts;
    }

    private static void requireOutputs(ModelConfig config, NDList outputs, int rows) {
        if (config.graph() != null) {
            requireScores(config, outputs, rows);
            return;
        }
        NDArray first = outputs.head();
        long letters = config.alphabet().length();
        boolean denoiser = config.kind() == ModelConfig.Kind.DENOISER;
        long length = ExampleInputs.length(config);
        long[] shape = first.getShape().getShape();
        boolean fits =
                denoiser
                        ? shape.length == 3 && shape[1] == length && shape[2] == letters + 1
                        : shape.length == 2 && shape[1] >= 1;
        if (!fits || shape[0] != rows || first.getDataType() != DataType.FLOAT32) {
            String wanted =
                    denoiser
                            ? "(" + rows + ", " + length + ", " + (letters + 1) + ")"
                            : "(" + rows + ", outputs)";
            throw new IllegalArgumentException(
                    "outputs of a "
                            + config.kind()
                            + " must be float32 "
                            + wanted
                            + ", got "
                            + first.getDataType()
                            + " "
                            + first.getShape());
        }
        requireFinite(config, first);
    }

    private static void requireScores(ModelConfig config, NDList outputs, int rows) {
        int nodes = config.graph().nodes();
        Shape x = new Shape(rows, nodes, config.graph().atoms().size());
        Shape adj = new Shape(rows, nodes, nodes);
        Shape[] got = outputs.getShapes();
        if (!Arrays.equals(new Shape[] {x, adj}, got)) {
            throw new IllegalArgumentException(
                    "outputs of a score network must be of the shapes "
                            + x
                            + " and "
                            + adj
                            + ", got "
                            + Arrays.toString(got));
        }
        outputs.forEach(output -> requireFinite(config, output));
    }

    private static void requireFinite(ModelConfig config, NDArray output) {
        for (float element : output.toFloatArray()) {
            if (!Float.isFinite(element)) {
                throw new IllegalArgumentException(
                        "outputs of model '" + config.name() + "' must be finite, got " + element);
            }
        }
    }
}
