package dev.tiller.zoo.torchscript;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.sampler.numerics.Scope;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.InferenceSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * A TorchScript module: a network whose code and weights PyTorch exported into one file.
 *
 * <p>Modules that act differently in training, or draw random numbers, are refused when loaded. So
 * the mode does not matter, and the module is always called in the one in which gradients flow to
 * inputs: libtorch's other mode would make arrays that no gradient can pass. It stays in the mode
 * in which it was saved. Parameters are frozen. Concurrent calls are allowed.
 */
public final class TorchScript implements InferenceSession {
    private static final String ENGINE = "PyTorch";

    private final Model model;
    private final Path file;
    private final Device device;

    private TorchScript(Model model, Path file, Device device) {
        this.model = model;
        this.file = file;
        this.device = device;
    }

    /**
     * Inspects and loads a module.
     *
     * @param file what {@code torch.jit.save} wrote: a module that was traced in evaluation, or
     *     frozen, or scripted without dropout and batch normalisation
     * @param device the device to run on
     * @return the module, closed by the caller
     * @throws IllegalArgumentException if the file is not a whole TorchScript archive, or has an
     *     operator that is live in training
     * @throws IOException if the file cannot be read
     */
    public static TorchScript load(Path file, Device device) throws IOException {
        Objects.requireNonNull(device);
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString());
        }
        ScriptArchive.check(file);
        Model model = Model.newInstance(file.getFileName().toString(), device, ENGINE);
        try {
            model.load(file, null, Map.of("trainParam", "true", "mapLocation", "true"));
            model.getBlock().freezeParameters(true);
            return new TorchScript(model, file, device);
        } catch (EngineException | MalformedModelException e) {
            model.close();
            throw new IllegalArgumentException(
                    "libtorch cannot read the TorchScript archive " + file + ": " + reason(e), e);
        } catch (IOException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /**
     * Evaluates all rows in one call. If an input requires a gradient, the outputs carry it on, so
     * this may be called within {@link Gradients#backward}.
     *
     * @param inputs the arguments of {@code forward}, each a tensor whatever its name, on {@link
     *     #device()}; not modified
     * @return the tensors that {@code forward} returns, tuples and lists flattened, owned by the
     *     manager of the first input
     * @throws IllegalArgumentException if the module fails on them
     */
    @Override
    public NDList run(NDList inputs) {
        requireInputs(inputs);
        try (Scope scope = Scope.of(inputs.head())) {
            NDList own = new NDList(inputs.size());
            for (NDArray input : inputs) {
                own.add(nameless(scope.borrow(input)));
            }
            return scope.give(forward(own, scope));
        }
    }

    /**
     * Differentiates a scalar of the outputs with respect to one input.
     *
     * @param inputs the arguments of {@code forward}, on {@link #device()}; not modified
     * @param position the input to differentiate by, float32 or float64
     * @param scalar computes a scalar, shape () or (1), from the outputs; called once
     * @return the gradient, of the shape and dtype of that input, owned by the manager of the first
     *     input; zeros if the scalar does not depend on it
     * @throws IllegalArgumentException if the module fails on the inputs
     * @throws IllegalStateException if the scalar is not finite
     */
    public NDArray gradient(NDList inputs, int position, Function<NDList, NDArray> scalar) {
        requireInputs(inputs);
        Objects.checkIndex(position, inputs.size());
        if (!inputs.get(position).getDataType().isFloating()) {
            throw new IllegalArgumentException(
                    "input "
                            + position
                            + " must be of a floating type to be differentiated by, got "
                            + inputs.get(position).getDataType());
        }
        try (Scope scope = Scope.of(inputs.head())) {
            NDList own = new NDList(inputs.size());
            for (NDArray input : inputs) {
                own.add(nameless(scope.borrow(input)));
            }
            NDArray leaf = nameless(own.get(position).stopGradient().duplicate());
            leaf.setRequiresGradient(true);
            own.set(position, leaf);
            Gradients.backward(scope.manager(), () -> scalar.apply(forward(own, scope)));
            return scope.give(leaf.getGradient());
        }
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public boolean carriesGradients() {
        return true;
    }

    @Override
    public Backend backend() {
        return Backend.PYTORCH;
    }

    /** Frees the module. */
    @Override
    public void close() {
        model.close();
    }

    private static void requireInputs(NDList inputs) {
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("inputs must have one array or more, got none");
        }
    }

    /** DJL reads names such as {@code layer.x} or {@code x[]} as dictionaries and lists. */
    private static NDArray nameless(NDArray array) {
        array.setName(null);
        return array;
    }

    private NDList forward(NDList inputs, Scope scope) {
        try {
            ParameterStore none = new ParameterStore(scope.manager(), false);
            return model.getBlock().forward(none, inputs, true);
        } catch (EngineException | UnsupportedOperationException e) {
            StringBuilder shapes = new StringBuilder();
            for (NDArray input : inputs) {
                shapes.append(shapes.isEmpty() ? "" : ", ")
                        .append(input.getDataType())
                        .append(' ')
                        .append(input.getShape());
            }
            throw new IllegalArgumentException(
                    "TorchScript module " + file + " fails on " + shapes + ": " + reason(e), e);
        }
    }

    /** Returns the line of libtorch's many that says what is wrong. */
    private static String reason(Exception e) {
        String message = String.valueOf(e.getMessage());
        return message.lines()
                .filter(line -> line.contains("Error: "))
                .reduce((first, last) -> last)
                .or(() -> message.lines().filter(line -> !line.isBlank()).findFirst())
                .orElse(message)
                .strip();
    }
}
