package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tiller.zoo.architecture.Input;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.onnx.OnnxExporter;
import dev.tiller.zoo.onnx.OnnxSession;
import dev.tiller.zoo.onnx.OnnxVerification;
import dev.tiller.zoo.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes models to folders of their own, in a format of choice. */
public final class ModelExport {
    /** The heading of what the card tells of an export. */
    public static final String SECTION = "## ONNX export";

    private static final int[] ROWS = {1, 5, 16, 40};

    private ModelExport() {}

    /**
     * A graph and what it was held against.
     *
     * @param graph the contents of an ONNX file
     * @param inputs its inputs
     * @param comparisons its differences from the network, for several sizes of the inputs
     */
    record Traced(
            byte[] graph, List<Input> inputs, List<OnnxVerification.Comparison> comparisons) {}

    /**
     * Writes a model with its weights in safetensors.
     *
     * @param model a model of one of our architectures
     * @param folder the folder to make
     * @return the new model
     * @throws IOException if the folder cannot be written
     * @throws IllegalArgumentException if the folder is not empty or the model is a module of
     *     another program
     */
    public static ModelDirectory safeTensors(ModelDirectory model, Path folder) throws IOException {
        requireOwn(model);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                WeightFile weights = model.weights(manager)) {
            return FolderWriter.write(
                    folder,
                    part ->
                            ModelDirectory.write(
                                    part, model.config(), weights.tensors(), model.card()));
        }
    }

    /**
     * Writes a model as an ONNX graph, once it was held against the network at several batch sizes
     * and lengths. The card tells the differences; the new model has the name of its folder.
     *
     * @param model a model of one of our architectures
     * @param folder the folder to make
     * @return the new model, of architecture onnx
     * @throws IOException if the folder cannot be written
     * @throws IllegalArgumentException if the folder is not empty, the model is a module of another
     *     program, or it cannot be exported
     */
    public static ModelDirectory onnx(ModelDirectory model, Path folder) throws IOException {
        requireOwn(model);
        if (model.config().graph() != null) {
            throw new IllegalArgumentException(
                    "model '"
                            + model.config().name()
                            + "' must not be a score network to be exported as a folder of"
                            + " architecture onnx; export it as safetensors");
        }
        if (ProteinNetwork.isProtein(model.config())) {
            throw new IllegalArgumentException(
                    "model '"
                            + model.config().name()
                            + "' must not read backbones to be exported as a folder of"
                            + " architecture onnx; export it as safetensors");
        }
        Traced traced;
        try {
            traced = trace(model, ROWS);
        } catch (UnsupportedOperationException e) {
            throw new IllegalArgumentException(
                    "model '" + model.config().name() + "': " + e.getMessage(), e);
        }
        ModelConfig config =
                model.config()
                        .as(
                                folder.toAbsolutePath().normalize().getFileName().toString(),
                                ForeignModule.ONNX,
                                JsonNodeFactory.instance
                                        .objectNode()
                                        .put("channels_first", false)
                                        .put("sigma", false));
        String card = model.card() + "\n" + section(model, traced);
        return FolderWriter.write(
                folder, part -> ModelDirectory.write(part, config, traced.graph(), card));
    }

    private static void requireOwn(ModelDirectory model) {
        if (ForeignModule.isForeign(model.config())) {
            throw new IllegalArgumentException(
                    "model '"
                            + model.config().name()
                            + "' must be of one of our architectures to be exported, got "
                            + model.config().architecture());
        }
    }

    /**
     * Traces a network and holds the graph against it.
     *
     * @throws UnsupportedOperationException if an operation cannot be exported, or the graph
     *     differs by more than rounding
     */
    static Traced trace(ModelDirectory model, int[] rows) {
        ModelConfig config = model.config();
        try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                WeightFile weights = model.weights(manager);
                BlockSession session =
                        new BlockSession(model.block(), weights.tensors(), Device.cpu())) {
            List<Input> inputs = inputs(session.block(), config);
            byte[] graph =
                    OnnxExporter.export(
                                    session.block(),
                                    inputs,
                                    session.block().outputs(),
                                    Map.of("model", config.name(), "weights", model.digest()))
                            .toByteArray();
            List<OnnxVerification.Comparison> comparisons;
            try (OnnxSession exported =
                    new OnnxSession("the exported graph", graph, OnnxSession.Options.CPU)) {
                comparisons =
                        OnnxVerification.compare(
                                session,
                                exported,
                                inputs,
                                config.alphabet().length(),
                                sizes(inputs, rows, ExampleInputs.length(config)));
            }
            for (OnnxVerification.Comparison comparison : comparisons) {
                if (!comparison.passes()) {
                    throw new UnsupportedOperationException(
                            "the exported graph differs from the network: " + comparison);
                }
            }
            return new Traced(graph, inputs, comparisons);
        }
    }

    /** The inputs of a forward call, with a fixed length where the operations depend on it. */
    private static List<Input> inputs(NamedBlock block, ModelConfig config) {
        if (block.lengthSpecific() && config.length() == 0) {
            throw new UnsupportedOperationException(
                    "length of a model of architecture "
                            + config.architecture()
                            + " must be in its config.json, got 0");
        }
        List<Input> inputs = new ArrayList<>();
        for (Input input : block.inputs(config.timeConditioning())) {
            inputs.add(block.lengthSpecific() ? input.withLength(config.length()) : input);
        }
        return inputs;
    }

    private static List<long[]> sizes(List<Input> inputs, int[] rows, int length) {
        boolean free = inputs.get(0).shape().get(1) == -1;
        List<long[]> sizes = new ArrayList<>();
        for (int count : rows) {
            sizes.add(new long[] {count, length});
            if (free) {
                sizes.add(new long[] {count, length / 2 + 3});
            }
        }
        return sizes;
    }

    private static String section(ModelDirectory model, Traced traced) {
        StringBuilder text = new StringBuilder(SECTION + "\n\n");
        text.append("Operator set ").append(OnnxExporter.OPSET);
        text.append(", traced from weights with SHA-256 ").append(model.digest()).append(".\n");
        text.append("Inputs: ");
        for (Input input : traced.inputs()) {
            text.append(input.name()).append(' ').append(input.type()).append(' ');
            text.append(input.shape()).append("; ");
        }
        text.append("-1 is free.\n\n| rows | length | largest difference | largest output |\n");
        text.append("|---|---|---|---|\n");
        for (OnnxVerification.Comparison one : traced.comparisons()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "| %d | %d | %.2g | %.3g |%n",
                            one.rows(),
                            one.length(),
                            one.difference(),
                            one.magnitude()));
        }
        return text.toString();
    }
}
