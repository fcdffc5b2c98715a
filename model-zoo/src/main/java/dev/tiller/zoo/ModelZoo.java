package dev.tiller.zoo;

import ai.djl.Device;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.zoo.registry.Registry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
     * Opens a built-in model.
     *
     * @param name one of {@link #names()}
     * @return the model
     * @throws IllegalArgumentException if there is no such model
     */
    public static ModelDirectory builtIn(String name) {
        return ModelDirectory.ofResources(MODELS + "/" + name);
    }

    /**
     * Finds a model: a built-in one, a folder, or a model in the folders of {@link Registry}.
     *
     * @param nameOrPath the name of a model, or a folder that holds config.json
     * @return the model
     * @throws IllegalArgumentException if there is none; the text says where was looked
     */
    public static ModelDirectory find(String nameOrPath) {
        return Registry.ofSystem().find(nameOrPath);
    }

    /**
     * Returns the card of a model.
     *
     * @param nameOrPath the name of a model, or a folder
     * @return the text of its README.md
     */
    public static String card(String nameOrPath) {
        return find(nameOrPath).card();
    }

    /**
     * Loads a network of any kind.
     *
     * @param nameOrPath the name of a model, or a folder
     * @param device the device to run on
     * @return the network, closed by the caller
     */
    public static Network network(String nameOrPath, Device device) {
        return find(nameOrPath).network(device);
    }

    /**
     * Loads a denoiser, to run on DJL's engine.
     *
     * @param nameOrPath the name of a model, or a folder
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
        ModelConfig config = requireLetters(model, ModelConfig.Kind.DENOISER);
        OptionalInt label =
                config.label() == null ? OptionalInt.empty() : OptionalInt.of(config.label());
        return denoiser(model.network(backend, device), config, label);
    }

    /**
     * Loads a denoiser with classes twice, on one network, for classifier-free guidance.
     *
     * @param nameOrPath the name of a built-in model, or a folder
     * @param label the wanted class, in place of the one in config.json
     * @param backend the engine to run on
     * @param device the device to run on
     * @return the denoisers with and without the class, closed by the caller
     * @throws IllegalArgumentException if the model is of another kind or has no such class, or the
     *     engine cannot run it
     */
    public static ClassDenoisers classDenoisers(
            String nameOrPath, int label, Backend backend, Device device) {
        ModelDirectory model = find(nameOrPath);
        ModelConfig config = requireLetters(model, ModelConfig.Kind.DENOISER);
        int classes = model.classes();
        if (label < 0 || label >= classes) {
            throw new IllegalArgumentException(
                    "label for model '"
                            + config.name()
                            + "' must be one of its "
                            + classes
                            + " classes, from 0, got "
                            + label
                            + (classes == 0 ? "; classifier-free guidance needs classes" : ""));
        }
        Network network = model.network(backend, device);
        return new ClassDenoisers(
                denoiser(network, config, OptionalInt.of(label)),
                denoiser(network, config, OptionalInt.of(classes)));
    }

    private static NetworkDenoiser denoiser(
            Network network, ModelConfig config, OptionalInt label) {
        return new NetworkDenoiser(
                network,
                config.schedule().create(),
                new NetworkDenoiser.Options(
                        config.alphabet().length(), config.timeConditioning(), label));
    }

    /**
     * Loads a denoiser of sequences for backbones.
     *
     * @param nameOrPath the name of a model, or a folder
     * @param backend the engine to run on
     * @param device the device to run on
     * @param backbones the backbones, at least one; the condition of a row is a number in this list
     * @return the denoiser, closed by the caller
     * @throws IllegalArgumentException if the model is of another kind or architecture, or the
     *     engine cannot run it
     */
    public static BackboneDenoiser inverseFolding(
            String nameOrPath, Backend backend, Device device, List<Backbone> backbones) {
        ModelDirectory model = find(nameOrPath);
        requireKind(model, ModelConfig.Kind.DENOISER);
        ProteinNetwork network = ProteinNetwork.open(model, backend, device);
        if (network.config().autoregressive()) {
            network.close();
            throw new IllegalArgumentException(
                    "model '"
                            + model.config().name()
                            + "' must see all residues to denoise them, got one that places them"
                            + " one after the other (autoregressive)");
        }
        return new BackboneDenoiser(network, backbones);
    }

    /**
     * Loads a network that places the residues of a backbone one after the other.
     *
     * @param nameOrPath the name of a model, or a folder
     * @param backend the engine to run on
     * @param device the device to run on
     * @param backbones the backbones; conditions are numbers in this list
     * @return the network, closed by the caller
     * @throws IllegalArgumentException if the model is of another kind or architecture, or the
     *     engine cannot run it
     */
    public static AutoregressiveBackbones autoregressive(
            String nameOrPath, Backend backend, Device device, List<Backbone> backbones) {
        ModelDirectory model = find(nameOrPath);
        requireKind(model, ModelConfig.Kind.DENOISER);
        ProteinNetwork network = ProteinNetwork.open(model, backend, device);
        try {
            return new AutoregressiveBackbones(network, backbones);
        } catch (IllegalArgumentException e) {
            network.close();
            throw e;
        }
    }

    /** Refuses networks that read a backbone beside the letters. */
    static ModelConfig requireLetters(ModelDirectory model, ModelConfig.Kind kind) {
        ModelConfig config = requireKind(model, kind);
        if (ProteinNetwork.isProtein(config)) {
            throw new IllegalArgumentException(
                    "model '"
                            + config.name()
                            + "' needs backbones, got none; "
                            + (kind == ModelConfig.Kind.DENOISER
                                    ? "give a structure (--structure, or ModelZoo.inverseFolding"
                                            + " in code)"
                                    : "use it by reward stability"));
        }
        return config;
    }

    /**
     * Loads a value network, to run on DJL's engine.
     *
     * @param nameOrPath the name of a model, or a folder
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
        ModelConfig config = requireLetters(model, ModelConfig.Kind.VALUE);
        return new NetworkValue(
                model.network(backend, device), config.alphabet().length(), config.target());
    }

    /**
     * Loads the score network of a model of molecules.
     *
     * @param nameOrPath the name of a model, a folder, or a published checkpoint
     * @param backend the engine to run on
     * @param device the device to run on
     * @return the score network, closed by the caller
     * @throws IllegalArgumentException if the model is of another kind, or the engine cannot run it
     */
    public static NetworkScore score(String nameOrPath, Backend backend, Device device) {
        ModelDirectory model = find(nameOrPath);
        ModelConfig config = requireKind(model, ModelConfig.Kind.SCORE);
        return new NetworkScore(
                model.network(backend, device), config.graph(), config.timeConditioning());
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
