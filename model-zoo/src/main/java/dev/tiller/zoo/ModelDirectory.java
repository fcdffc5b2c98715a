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
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.weights.Digests;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A folder that holds a model: config.json, model.safetensors and README.md, on disk or among the
 * resources of the program.
 */
public final class ModelDirectory {
    /** The file that describes the model. */
    public static final String CONFIG = "config.json";

    /** The file of the weights. */
    public static final String WEIGHTS = "model.safetensors";

    /** The file of the model card. */
    public static final String CARD = "README.md";

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    private final String place;
    private final Opener opener;
    private final ModelConfig config;

    /** Opens one file of the folder. */
    @FunctionalInterface
    private interface Opener {
        /** Throws {@link NoSuchFileException} if there is no such file. */
        InputStream open(String file) throws IOException;
    }

    private ModelDirectory(String place, Opener opener) {
        this.place = place;
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
                folder.toString(), file -> Files.newInputStream(folder.resolve(file)));
    }

    /** Opens a folder of resources, such as {@code /dev/tiller/zoo/models/x}. */
    static ModelDirectory ofResources(String folder) {
        return new ModelDirectory(
                "resource:" + folder,
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
     * @return SHA-256 of model.safetensors, in lower-case hexadecimal
     * @throws IllegalArgumentException if there are no weights
     */
    public String digest() {
        return Digests.sha256(ByteBuffer.wrap(bytes(WEIGHTS)));
    }

    /**
     * Reads the weights.
     *
     * @param manager owner of the arrays
     * @return the contents of model.safetensors
     * @throws IllegalArgumentException if there are none or the file is malformed
     */
    public WeightFile weights(NDManager manager) {
        return SafeTensors.read(place + "/" + WEIGHTS, ByteBuffer.wrap(bytes(WEIGHTS)), manager);
    }

    /**
     * Builds the network and loads its weights.
     *
     * @param device the device to run on
     * @return the network, closed by the caller
     * @throws IllegalArgumentException if configuration and weights do not fit each other
     */
    public Network network(Device device) {
        try {
            NamedBlock block =
                    Architectures.create(config.architecture(), config.architectureConfig());
            requireLetters(block);
            ByteBuffer bytes = ByteBuffer.wrap(bytes(WEIGHTS));
            try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
                WeightFile weights = SafeTensors.read(place + "/" + WEIGHTS, bytes, manager);
                return new Network(block, weights, device, Digests.sha256(bytes));
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "model '" + config.name() + "' cannot be loaded: " + e.getMessage(), e);
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
            throw new IllegalArgumentException(
                    "model folder " + place + " must hold " + file + ", which is missing", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + place + "/" + file, e);
        }
    }

    @Override
    public String toString() {
        return place;
    }
}
