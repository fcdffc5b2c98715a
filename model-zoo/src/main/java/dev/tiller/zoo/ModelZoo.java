package dev.tiller.zoo;

import ai.djl.Device;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** The built-in models, and models in folders. */
public final class ModelZoo {
    private static final String MODELS = "/dev/tiller/zoo/models";

    private ModelZoo() {}

    /**
     * Lists the built-in models.
     *
     * @return their names, in alphabetical order
     */
    public static List<String> names() {
        try (InputStream in = ModelZoo.class.getResourceAsStream(MODELS + "/index.txt")) {
            if (in == null) {
                throw new IllegalStateException("the list of built-in models is missing");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().map(String::strip).filter(s -> !s.isEmpty()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Finds a model.
     *
     * @param nameOrPath the name of a built-in model, or a folder that holds config.json
     * @return the model
     * @throws IllegalArgumentException if there is none; the text lists the built-in models
     */
    public static ModelDirectory find(String nameOrPath) {
        List<String> names = names();
        if (names.contains(nameOrPath)) {
            return ModelDirectory.ofResources(MODELS + "/" + nameOrPath);
        }
        try {
            Path folder = Path.of(nameOrPath);
            if (Files.exists(folder.resolve(ModelDirectory.CONFIG))) {
                return ModelDirectory.open(folder);
            }
        } catch (InvalidPathException e) {
            // not a path on this system, so not a folder either
        }
        throw new IllegalArgumentException(
                "unknown model '"
                        + nameOrPath
                        + "'; built-in models: "
                        + (names.isEmpty() ? "none" : String.join(", ", names))
                        + "; or give a folder that holds "
                        + ModelDirectory.CONFIG);
    }

    /**
     * Returns the card of a model.
     *
     * @param nameOrPath the name of a built-in model, or a folder
     * @return the text of its README.md
     */
    public static String card(String nameOrPath) {
        return find(nameOrPath).card();
    }

    /**
     * Loads a network of any kind.
     *
     * @param nameOrPath the name of a built-in model, or a folder
     * @param device the device to run on
     * @return the network, closed by the caller
     */
    public static Network network(String nameOrPath, Device device) {
        return find(nameOrPath).network(device);
    }

    /**
     * Loads a denoiser, to run on DJL's engine.
     *
     * @param nameOrPath the name of a built-in model, or a folder
     * @param device the device to run on
     * @return the denoiser, closed by the caller
     * @throws IllegalArgumentException if the model is of another kind
     */
    public static NetworkDenoiser denoiser(String nameOrPath, Device device) {
        return denoiser(nameOrPath, Backend.PYTORCH, device);
    }

    /**
     * Loads a denoiser.
     *
     * @param nameOrPath the name of a built-in model, or a folder
     * @param backend the engine to run on
     * @param device the device to run on
     * @return the denoiser, closed by the caller
     * @throws IllegalArgumentException if the model is of another kind, or the engine cannot run it
     */
    public static NetworkDenoiser denoiser(String nameOrPath, Backend backend, Device device) {
        ModelDirectory model = find(nameOrPath);
        ModelConfig config = requireKind(model, ModelConfig.Kind.DENOISER);
        OptionalInt label =
                config.label() == null ? OptionalInt.empty() : OptionalInt.of(config.label());
        return new NetworkDenoiser(
                model.network(backend, device),
                config.schedule().create(),
                new NetworkDenoiser.Options(
                        config.alphabet().length(), config.timeConditioning(), label));
    }

    /**
     * Loads a value network, to run on DJL's engine.
     *
     * @param nameOrPath the name of a built-in model, or a folder
     * @param device the device to run on
     * @return the value network, closed by the caller
     * @throws IllegalArgumentException if the model is of another kind
     */
    public static NetworkValue value(String nameOrPath, Device device) {
        return value(nameOrPath, Backend.PYTORCH, device);
    }

    /**
     * Loads a value network.
     *
     * @param nameOrPath the name of a built-in model, or a folder
     * @param backend the engine to run on
     * @param device the device to run on
     * @return the value network, closed by the caller
     * @throws IllegalArgumentException if the model is of another kind, or the engine cannot run it
     */
    public static NetworkValue value(String nameOrPath, Backend backend, Device device) {
        ModelDirectory model = find(nameOrPath);
        ModelConfig config = requireKind(model, ModelConfig.Kind.VALUE);
        return new NetworkValue(
                model.network(backend, device), config.alphabet().length(), config.target());
    }

    static ModelConfig requireKind(ModelDirectory model, ModelConfig.Kind kind) {
        ModelConfig config = model.config();
        if (config.kind() != kind) {
            throw new IllegalArgumentException(
                    "model '"
                            + config.name()
                            + "' must be of kind "
                            + kind
                            + ", got "
                            + config.kind());
        }
        return config;
    }
}
