package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.DnaConv;
import dev.tiller.zoo.architecture.Gdss;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.architecture.ProteinMpnn;
import dev.tiller.zoo.weights.Digests;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A folder that holds a model in the layout of Hugging Face: config.json, model.safetensors (or
 * model.pt or model.onnx for a module of another program) and README.md, on disk or among the
 * resources of the program.
 */
public final class ModelDirectory {
    /** The file that describes the model. */
    public static final String CONFIG = "config.json";

    /** The file of the weights. */
    public static final String WEIGHTS = "model.safetensors";

    /** The file of a TorchScript module, in place of weights. */
    public static final String TORCHSCRIPT = "model.pt";

    /** The file of an ONNX graph, in place of weights. */
    public static final String ONNX = "model.onnx";

    /** The file of the model card. */
    public static final String CARD = "README.md";

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    private final String place;
    private final Optional<Path> folder;
    private final Opener opener;
    private final ModelConfig config;

    /** Opens one file of the folder. */
    @FunctionalInterface
    private interface Opener {
        /** Throws {@link NoSuchFileException} if there is no such file. */
        InputStream open(String file) throws IOException;
    }

    private ModelDirectory(String place, Optional<Path> folder, Opener opener) {
        this.place = place;
        this.folder = folder;
        this.opener = opener;
        this.config = parse(bytes(CONFIG));
    }

    /**
     * Opens a folder on disk and reads its configuration.
     *
     * @param folder the folder
     * @return the model
     * @throws IllegalArgumentException if there is no config.json or it is not valid
     */
    public static ModelDirectory open(Path folder) {
        return new ModelDirectory(
                folder.toString(),
                Optional.of(folder),
                file -> Files.newInputStream(folder.resolve(file)));
    }

    /** Opens a folder of resources, such as {@code /dev/tiller/zoo/models/x}. */
    static ModelDirectory ofResources(String folder) {
        return new ModelDirectory(
                "resource:" + folder,
                Optional.empty(),
                file -> {
                    String name = folder + "/" + file;
                    InputStream in = ModelDirectory.class.getResourceAsStream(name);
                    if (in == null) {
                        throw new NoSuchFileException(name);
                    }
                    return in;
                });
    }

    /**
     * Opens a checkpoint that GDSS publishes as if it were a folder; nothing is written.
     *
     * @param file the file, as {@code torch.save} wrote it
     * @return the model; it is called as the file is
     * @throws IllegalArgumentException if the file is something else
     * @throws UncheckedIOException if it cannot be read
     */
    public static ModelDirectory ofCheckpoint(Path file) {
        return GdssCheckpoint.open(file);
    }

    /** A folder in memory. */
    static ModelDirectory ofMemory(
            String place, ModelConfig config, Map<String, NDArray> weights, String card)
            throws IOException {
        Map<String, byte[]> files =
                Map.of(
                        CONFIG,
                        JSON.writeValueAsBytes(config),
                        WEIGHTS,
                        SafeTensors.bytes(weights, Map.of()),
                        CARD,
                        card.getBytes(StandardCharsets.UTF_8));
        return new ModelDirectory(
                place,
                Optional.empty(),
                file -> {
                    if (!files.containsKey(file)) {
                        throw new NoSuchFileException(place + "/" + file);
                    }
                    return new ByteArrayInputStream(files.get(file));
                });
    }

    /**
     * Writes a folder. The configuration comes last, so a folder that has one is complete.
     *
     * @param folder the folder, made if it does not exist
     * @param config what the model is
     * @param weights float32 arrays by published name
     * @param card the text of its README.md
     * @return the model
     * @throws IOException if the folder cannot be written
     */
    public static ModelDirectory write(
            Path folder, ModelConfig config, Map<String, NDArray> weights, String card)
            throws IOException {
        Files.createDirectories(folder);
        SafeTensors.write(folder.resolve(WEIGHTS), weights, Map.of());
        Files.writeString(folder.resolve(CARD), card);
        Files.writeString(folder.resolve(CONFIG), JSON.writeValueAsString(config) + "\n");
        return open(folder);
    }

    /**
     * Writes a folder around a module that another program wrote down as code. The configuration
     * comes last, so a folder that has one is complete.
     *
     * @param folder the folder, made if it does not exist
     * @param config what the model is, of architecture torchscript or onnx
     * @param module the contents of the module's file
     * @param card the text of its README.md
     * @return the model
     * @throws IOException if the folder cannot be written
     */
    public static ModelDirectory write(Path folder, ModelConfig config, byte[] module, String card)
            throws IOException {
        if (!ForeignModule.isForeign(config)) {
            throw new IllegalArgumentException(
                    "architecture of a module must be torchscript or onnx, got "
                            + config.architecture());
        }
        Files.createDirectories(folder);
        Files.write(folder.resolve(weightsFile(config)), module);
        Files.writeString(folder.resolve(CARD), card);
        Files.writeString(folder.resolve(CONFIG), JSON.writeValueAsString(config) + "\n");
        return open(folder);
    }

    private static String weightsFile(ModelConfig config) {
        return switch (config.architecture()) {
            case ForeignModule.TORCHSCRIPT -> TORCHSCRIPT;
            case ForeignModule.ONNX -> ONNX;
            default -> WEIGHTS;
        };
    }

    /**
     * Returns the configuration.
     *
     * @return what the model is
     */
    public ModelConfig config() {
        return config;
    }

    /**
     * Returns the model card.
     *
     * @return the text of README.md
     * @throws IllegalArgumentException if there is none
     */
    public String card() {
        return new String(bytes(CARD), StandardCharsets.UTF_8);
    }

    /**
     * Returns the digest of the weights.
     *
     * @return SHA-256 of the file of the weights or of the module, in lower-case hexadecimal
     * @throws IllegalArgumentException if there is no such file
     */
    public String digest() {
        String file = weightsFile(config);
        if (folder.isEmpty()) {
            return Digests.sha256(ByteBuffer.wrap(bytes(file)));
        }
        try {
            return Digests.sha256(folder.get().resolve(file));
        } catch (NoSuchFileException e) {
            throw missing(file, e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * Reads the weights.
     *
     * @param manager owner of the arrays
     * @return the contents of model.safetensors
     * @throws IllegalArgumentException if there are none or the file is malformed
     */
    public WeightFile weights(NDManager manager) {
        if (folder.isEmpty()) {
            ByteBuffer bytes = ByteBuffer.wrap(bytes(WEIGHTS));
            return SafeTensors.read(place + "/" + WEIGHTS, bytes, manager);
        }
        try {
            return SafeTensors.read(folder.get().resolve(WEIGHTS), manager);
        } catch (NoSuchFileException e) {
            throw missing(WEIGHTS, e);
        } catch (IOException e) {
            throw unreadable(WEIGHTS, e);
        }
    }

    /** The contents of a module's file. */
    byte[] module() {
        return bytes(weightsFile(config));
    }

    /** The file of a module, for engines that read files alone. */
    Path moduleFile() {
        return folder.orElseThrow(
                        () -> new IllegalArgumentException(place + " must be a folder on disk"))
                .resolve(weightsFile(config));
    }

    /**
     * Builds the network and loads its weights, to run on DJL's engine.
     *
     * @param device the device to run on
     * @return the network, closed by the caller
     * @throws IllegalArgumentException if configuration and weights do not fit each other
     */
    public Network network(Device device) {
        return network(Backend.PYTORCH, device);
    }

    /**
     * Builds the network and loads its weights.
     *
     * @param backend the engine to run on
     * @param device the device to run on
     * @return the network, closed by the caller
     * @throws IllegalArgumentException if configuration and weights do not fit each other, or the
     *     engine cannot run the network on the device
     */
    public Network network(Backend backend, Device device) {
        try {
            return Inference.open(this, backend, device);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "model '" + config.name() + "' cannot be loaded: " + e.getMessage(), e);
        }
    }

    /** The architecture without weights. */
    NamedBlock block() {
        NamedBlock block = Architectures.create(config.architecture(), config.architectureConfig());
        requireTime(block);
        if (config.graph() != null || block instanceof Gdss) {
            requireGraphs(block);
            return block;
        }
        requireLetters(block);
        requireKind(block);
        requireLabel(block);
        requireClassNames(block);
        return block;
    }

    private void requireTime(NamedBlock block) {
        if (config.timeConditioning() && block.inputs(true).equals(block.inputs(false))) {
            throw new IllegalArgumentException(
                    "time_conditioning of a model of architecture "
                            + config.architecture()
                            + " must be false or left out, for the network has no input of the"
                            + " time, got true");
        }
    }

    private void requireGraphs(NamedBlock block) {
        if (config.graph() == null) {
            throw new IllegalArgumentException(
                    "kind of a model of architecture gdss must be score, got " + config.kind());
        }
        int nodes = config.graph().nodes();
        int atoms = config.graph().atoms().size();
        boolean fits =
                block instanceof Gdss gdss
                        && gdss.config().nodes() == nodes
                        && gdss.config().features() == atoms;
        if (!fits) {
            throw new IllegalArgumentException(
                    "architecture of a score network must be gdss with the "
                            + nodes
                            + " nodes and "
                            + atoms
                            + " atoms of graph, got "
                            + config.architecture()
                            + " "
                            + config.architectureConfig());
        }
    }

    private void requireLetters(NamedBlock block) {
        if (block.letters() != config.alphabet().length()) {
            throw new IllegalArgumentException(
                    "alphabet must have the "
                            + block.letters()
                            + " letters of the network, got "
                            + config.alphabet());
        }
    }

    private void requireKind(NamedBlock block) {
        boolean denoiser = block.outputs().contains("logits");
        if (denoiser != (config.kind() == ModelConfig.Kind.DENOISER)) {
            throw new IllegalArgumentException(
                    "kind of a model of architecture "
                            + config.architecture()
                            + " with these settings must be "
                            + (denoiser ? "denoiser" : "reward or value")
                            + ", got "
                            + config.kind());
        }
    }

    /** The class after the last one stands for "none given". */
    private void requireLabel(NamedBlock block) {
        int classes = classes(block);
        Integer label = config.label();
        boolean fits = classes == 0 ? label == null : label != null && label <= classes;
        if (!fits) {
            throw new IllegalArgumentException(
                    "label must be "
                            + (classes == 0
                                    ? "left out, for the network is not guided by classes"
                                    : "one of the network's classes, 0 to " + classes)
                            + ", got "
                            + label);
        }
    }

    private void requireClassNames(NamedBlock block) {
        int classes = classes(block);
        if (!config.classes().isEmpty() && config.classes().size() != classes) {
            throw new IllegalArgumentException(
                    "classes must name the "
                            + classes
                            + " classes of the network, got "
                            + config.classes());
        }
    }

    /**
     * Finds a class of a denoiser's class guidance.
     *
     * @param nameOrNumber its name in config.json, or its number from 0
     * @return its number, not checked against the network
     * @throws IllegalArgumentException if it is neither a name nor a number
     */
    public int classNumber(String nameOrNumber) {
        int named = config.classes().indexOf(nameOrNumber);
        if (named >= 0) {
            return named;
        }
        try {
            return Integer.parseInt(nameOrNumber);
        } catch (NumberFormatException e) {
            String names =
                    config.classes().isEmpty() ? "" : String.join(", ", config.classes()) + " or ";
            throw new IllegalArgumentException(
                    "class of model '"
                            + config.name()
                            + "' must be "
                            + names
                            + "a number from 0, got '"
                            + nameOrNumber
                            + "'",
                    e);
        }
    }

    private static int classes(NamedBlock block) {
        if (block instanceof ProteinMpnn protein) {
            return protein.config().classes();
        }
        boolean denoiser = block instanceof DnaConv dna && !dna.config().classifier();
        return denoiser ? ((DnaConv) block).config().classes() : 0;
    }

    /** The classes of a denoiser's class guidance, 0 if it has none. */
    int classes() {
        return ForeignModule.isForeign(config) ? 0 : classes(block());
    }

    private ModelConfig parse(byte[] json) {
        String file = place + "/" + CONFIG;
        try {
            return JSON.readValue(json, ModelConfig.class);
        } catch (ValueInstantiationException e) {
            String reason =
                    e.getCause() == null ? e.getOriginalMessage() : e.getCause().getMessage();
            throw new IllegalArgumentException(file + ": " + reason, e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] bytes(String file) {
        try (InputStream in = opener.open(file)) {
            return in.readAllBytes();
        } catch (NoSuchFileException e) {
            throw missing(file, e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private IllegalArgumentException missing(String file, NoSuchFileException e) {
        return new IllegalArgumentException(
                "model folder " + place + " must hold " + file + ", which is missing", e);
    }

    private UncheckedIOException unreadable(String file, IOException e) {
        return new UncheckedIOException("cannot read " + place + "/" + file, e);
    }

    @Override
    public String toString() {
        return place;
    }
}
