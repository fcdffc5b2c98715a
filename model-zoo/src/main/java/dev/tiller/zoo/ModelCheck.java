package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Backbones;
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
        if (ProteinNetwork.isProtein(config)) {
            return ofProtein(model, backend, device);
        }
        try (Network network = model.network(backend, device);
                NDManager manager = network.newManager()) {
            int rows = network.rowsPerCall();
            NDList inputs = ExampleInputs.of(config, rows, manager);
            NDList outputs = network.run(inputs);
            long[] wanted = {rows, ExampleInputs.length(config), config.alphabet().length() + 1};
            requireOutputs(config, outputs, wanted);
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

    /** Random tokens for the example backbone, which is encoded but once. */
    private static ModelCheck ofProtein(ModelDirectory model, Backend backend, Device device) {
        ModelConfig config = model.config();
        Backbone backbone = Backbones.example();
        try (ProteinNetwork network = ProteinNetwork.open(model, backend, device);
                NDManager manager = network.newManager()) {
            ProteinCall call = network.plan(List.of(backbone)).get(0);
            int rows = call.rows().length;
            NDList inputs =
                    ExampleInputs.ofProtein(network.config(), rows, backbone.length(), manager);
            NDArray[] letters = inputs.toArray(new NDArray[0]);
            NDList outputs = new NDList(network.run(call, letters));
            long[] wanted = {rows, backbone.length(), network.config().letters()};
            requireOutputs(config, outputs, wanted);
            double best = Double.POSITIVE_INFINITY;
            for (int i = 0; i < CALLS; i++) {
                long start = System.nanoTime();
                network.run(call, letters).close();
                best = Math.min(best, (System.nanoTime() - start) / 1e6);
            }
            return new ModelCheck(
                    network.network().engine(),
                    network.network().digest(),
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

    /** {@code logits} is the shape that a denoiser gives; others give outputs for each row. */
    private static void requireOutputs(ModelConfig config, NDList outputs, long[] logits) {
        if (config.graph() != null) {
            requireScores(config, outputs, Math.toIntExact(logits[0]));
            return;
        }
        NDArray first = outputs.head();
        boolean denoiser = config.kind() == ModelConfig.Kind.DENOISER;
        long[] shape = first.getShape().getShape();
        boolean fits =
                denoiser
                        ? Arrays.equals(shape, logits)
                        : shape.length == 2 && shape[0] == logits[0] && shape[1] >= 1;
        if (!fits || first.getDataType() != DataType.FLOAT32) {
            String wanted =
                    denoiser ? new Shape(logits).toString() : "(" + logits[0] + ", outputs)";
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
