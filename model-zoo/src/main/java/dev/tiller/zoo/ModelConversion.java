package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.architecture.ProteinMpnn;
import dev.tiller.zoo.weights.Checkpoint;
import dev.tiller.zoo.weights.KerasWeights;
import dev.tiller.zoo.weights.Selection;
import dev.tiller.zoo.weights.WeightFile;
import dev.tiller.zoo.weights.WeightFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns published files into model folders: PyTorch and Lightning checkpoints and safetensors of a
 * known architecture, TorchScript modules and ONNX graphs.
 *
 * <p>Architecture and settings follow from names and shapes as far as these tell. Before the folder
 * appears, the model is loaded from it and run.
 */
public final class ModelConversion {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DNA = "ACGT";
    private static final String NEIGHBOURS = "num_edges";
    private static final String KERAS_OPTIMUS = "conv_1/conv_1/kernel:0";
    private static final int NAMES_SHOWN = 5;

    private final Path file;
    private final Request request;

    /**
     * What the file itself cannot tell; null or empty where it should be found out or has the usual
     * value.
     *
     * @param name the model's name; that of the output folder if null
     * @param kind what the network computes; follows from the architecture if null
     * @param architecture the architecture; found out if null
     * @param settings keys of the architecture's configuration, in snake case
     * @param alphabet the letters; ACGT for networks of four letters, and those of proteins for
     *     ProteinMPNN, if null
     * @param length the length of the sequences, or null
     * @param schedule the noise of a denoiser; log-linear if null
     * @param timeConditioning whether a denoiser is told the noise
     * @param label the class to ask a denoiser with class guidance for, or null
     * @param target the unit of the first output; mean 0 and deviation 1 if null
     * @param selection which weights of a checkpoint to take
     * @param channelsFirst whether a module takes one-hot letters as [B, K, L]
     * @param sigma whether a module takes the noise though it was trained without
     * @param source where the file comes from, or null
     * @param licence its licence, or null
     */
    public record Request(
            String name,
            ModelConfig.Kind kind,
            String architecture,
            Map<String, String> settings,
            String alphabet,
            Integer length,
            ModelConfig.Schedule schedule,
            boolean timeConditioning,
            Integer label,
            ModelConfig.Target target,
            Selection selection,
            boolean channelsFirst,
            boolean sigma,
            String source,
            String licence) {

        /** Copies the settings. */
        public Request {
            settings = Map.copyOf(settings);
        }
    }

    /**
     * Takes a file.
     *
     * @param file the file to convert
     * @param request what the file itself cannot tell
     */
    public ModelConversion(Path file, Request request) {
        this.file = file;
        this.request = request;
    }

    /**
     * Converts.
     *
     * @param folder the folder to make
     * @return the model
     * @throws IOException if the file cannot be read or the folder cannot be written
     * @throws IllegalArgumentException if the file is malformed, of no known architecture, or does
     *     not fit what was requested
     */
    public ModelDirectory write(Path folder) throws IOException {
        String name =
                request.name() != null
                        ? request.name()
                        : folder.toAbsolutePath().normalize().getFileName().toString();
        WeightFormat format = WeightFormat.detect(file);
        refuseWhatHasNoEffect(format);
        return switch (format) {
            case TORCH_SCRIPT -> module(folder, name, ForeignModule.TORCHSCRIPT);
            case ONNX -> module(folder, name, ForeignModule.ONNX);
            default -> weights(folder, name);
        };
    }

    private void refuseWhatHasNoEffect(WeightFormat format) {
        boolean module = format == WeightFormat.TORCH_SCRIPT || format == WeightFormat.ONNX;
        Selection selection = request.selection();
        refuse("section", selection.section().isPresent(), format != WeightFormat.TORCH_ZIP);
        refuse("prefix", selection.prefix().isPresent(), module);
        refuse("weights", selection.source() == Selection.Source.EMA, module);
        refuse("architecture", request.architecture() != null, module);
        refuse("set", !request.settings().isEmpty(), module);
        refuse("channels-first", request.channelsFirst(), !module);
        refuse("sigma", request.sigma(), !module);
    }

    private void refuse(String option, boolean given, boolean useless) {
        if (given && useless) {
            throw new IllegalArgumentException(
                    "--" + option + " has no effect on " + file + "; leave it out");
        }
    }

    private ModelDirectory module(Path folder, String name, String architecture)
            throws IOException {
        if (request.kind() == null) {
            throw new IllegalArgumentException(
                    "kind of a " + architecture + " module must be given, got none; add --kind");
        }
        ObjectNode settings =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("channels_first", request.channelsFirst())
                        .put("sigma", request.sigma());
        ModelConfig config =
                config(
                        name,
                        request.kind(),
                        architecture,
                        settings,
                        request.alphabet() == null ? DNA.length() : request.alphabet().length(),
                        request.length());
        byte[] content = Files.readAllBytes(file);
        String card = ConversionCard.of(config, file, request.selection(), Map.of());
        return FolderWriter.write(
                folder,
                part ->
                        ModelCheck.run(
                                ModelDirectory.write(part, config, content, card),
                                Backend.AUTO,
                                Device.cpu()));
    }

    private ModelDirectory weights(Path folder, String name) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file);
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Optional<GdssCheckpoint> gdss = GdssCheckpoint.of(file, checkpoint);
            if (gdss.isPresent() && request.selection().section().isEmpty()) {
                return graphs(folder, name, gdss.get(), manager);
            }
            Map<String, Shape> shapes = checkpoint.shapes(request.selection());
            Map<String, NDArray> keras = null;
            if (shapes.containsKey(KERAS_OPTIMUS)) {
                keras =
                        KerasWeights.toOptimus(
                                checkpoint.read(request.selection(), List.of(), manager));
                shapes = shapes(keras);
            }
            Architectures.Inferred found = architecture(shapes, checkpoint.settings());
            NamedBlock block = Architectures.create(found.architecture(), found.config());
            if (keras == null) {
                WeightFile weights =
                        checkpoint.read(request.selection(), block.trainable(), manager);
                block.load(weights.tensors(), manager);
            } else {
                block.load(keras, manager);
            }
            ModelConfig config = config(name, block, found);
            String card =
                    ConversionCard.of(config, file, request.selection(), checkpoint.metadata());
            return FolderWriter.write(
                    folder,
                    part ->
                            ModelCheck.run(
                                    ModelDirectory.write(part, config, block.weights(), card),
                                    Backend.PYTORCH,
                                    Device.cpu()));
        }
    }

    /** A checkpoint that tells all there is to know. */
    private ModelDirectory graphs(
            Path folder, String name, GdssCheckpoint checkpoint, NDManager manager)
            throws IOException {
        refuse("architecture", request.architecture() != null, true);
        refuse("set", !request.settings().isEmpty(), true);
        refuse("alphabet", request.alphabet() != null, true);
        refuse("length", request.length() != null, true);
        refuse("schedule", request.schedule() != null, true);
        refuse("label", request.label() != null, true);
        refuse("prefix", request.selection().prefix().isPresent(), true);
        ModelConfig config = checkpoint.config(name, request.source(), request.licence());
        Map<String, NDArray> weights = checkpoint.weights(manager);
        String card = ConversionCard.of(config, file, request.selection(), Map.of());
        return FolderWriter.write(
                folder,
                part ->
                        ModelCheck.run(
                                ModelDirectory.write(part, config, weights, card),
                                Backend.PYTORCH,
                                Device.cpu()));
    }

    private static Map<String, Shape> shapes(Map<String, NDArray> weights) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        weights.forEach((name, array) -> shapes.put(name, array.getShape()));
        return shapes;
    }

    private Architectures.Inferred architecture(
            Map<String, Shape> shapes, Map<String, Object> ofFile) {
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        if (ofFile.get(NEIGHBOURS) instanceof Long neighbours && isProtein(shapes)) {
            settings.put("neighbours", neighbours.intValue());
        }
        request.settings().forEach((key, value) -> settings.set(key, parse(value)));
        if (request.architecture() != null) {
            return new Architectures.Inferred(request.architecture(), settings);
        }
        Optional<Architectures.Inferred> found = Architectures.infer(shapes, settings);
        return found.orElseThrow(
                () ->
                        new IllegalArgumentException(
                                "weights in "
                                        + file
                                        + " must be of one of the architectures "
                                        + Architectures.names()
                                        + ", got "
                                        + shapes.size()
                                        + " arrays such as "
                                        + shapes.keySet().stream().limit(NAMES_SHOWN).toList()
                                        + "; give --architecture, or --prefix if others are"
                                        + " among them"));
    }

    /** What ProteinMPNN's files tell beside the weights holds for no other architecture. */
    private static boolean isProtein(Map<String, Shape> shapes) {
        return Architectures.infer(shapes)
                .filter(found -> found.architecture().equals(ProteinMpnn.NAME))
                .isPresent();
    }

    private static JsonNode parse(String value) {
        try {
            return JSON.readTree(value);
        } catch (JsonProcessingException e) {
            return JsonNodeFactory.instance.textNode(value);
        }
    }

    private ModelConfig config(String name, NamedBlock block, Architectures.Inferred found) {
        boolean denoiser = block.outputs().contains("logits");
        boolean guided = block.inputs(false).stream().anyMatch(in -> in.name().equals("class"));
        if (guided && request.label() == null) {
            throw new IllegalArgumentException(
                    "class to ask the guided denoiser for must be given, got none; add --label");
        }
        ModelConfig.Kind kind =
                request.kind() != null
                        ? request.kind()
                        : denoiser ? ModelConfig.Kind.DENOISER : ModelConfig.Kind.REWARD;
        long only = block.inputs(false).get(0).shape().get(1);
        Integer length = request.length();
        if (length == null && only > 0) {
            length = (int) only;
        }
        return config(name, kind, found.architecture(), found.config(), block.letters(), length);
    }

    private ModelConfig config(
            String name,
            ModelConfig.Kind kind,
            String architecture,
            JsonNode settings,
            int letters,
            Integer length) {
        boolean denoiser = kind == ModelConfig.Kind.DENOISER;
        boolean protein = architecture.equals(ProteinMpnn.NAME);
        String usual = protein ? BackboneDenoiser.ALPHABET : DNA;
        if (request.alphabet() == null && letters != usual.length()) {
            throw new IllegalArgumentException(
                    "alphabet of the " + letters + " letters must be given; add --alphabet");
        }
        if (length == null && denoiser && !protein) {
            throw new IllegalArgumentException(
                    "length of a denoiser's sequences must be given; add --length");
        }
        ModelConfig.Schedule schedule = request.schedule();
        if (schedule == null && denoiser) {
            schedule = new ModelConfig.Schedule("log-linear", Map.of());
        }
        ModelConfig.Target target = request.target();
        if (target == null && !denoiser) {
            target = new ModelConfig.Target(0, 1);
        }
        return new ModelConfig(
                name,
                kind,
                architecture,
                settings,
                request.alphabet() == null ? usual : request.alphabet(),
                length == null ? 0 : length,
                schedule,
                request.timeConditioning(),
                request.label(),
                target,
                request.source(),
                request.licence(),
                null,
                Map.of(),
                List.of());
    }
}
