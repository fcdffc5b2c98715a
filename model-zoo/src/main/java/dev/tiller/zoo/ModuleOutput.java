package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.numerics.Scope;

/** A module of which one number per row counts. */
final class ModuleOutput implements InferenceSession {
    private final InferenceSession module;
    private final String reward;
    private final ModuleOptions options;

    /**
     * Wraps a module.
     *
     * @param module the module; closed with this object
     * @param reward the name of the reward, for errors
     * @param options say which number
     */
    ModuleOutput(InferenceSession module, String reward, ModuleOptions options) {
        this.module = module;
        this.reward = reward;
        this.options = options;
    }

    @Override
    public NDList run(NDList inputs) {
        try (Scope scope = Scope.of(inputs.head())) {
            NDList own = new NDList(scope.borrow(inputs.head()));
            return scope.give(new NDList(select(module.run(own), own.head().getShape().get(0))));
        }
    }

    /**
     * Selects the number that counts.
     *
     * @param outputs what the module gave
     * @param rows the rows that went in
     * @return shape [rows], owned by the manager of the output, with its gradient
     */
    NDArray select(NDList outputs, long rows) {
        NDArray output = outputs.head();
        Shape shape = output.getShape();
        int axes = shape.dimension();
        boolean fits = axes == 1 || axes == 2 || (axes == 3 && shape.get(2) == 1);
        if (!fits || shape.get(0) != rows) {
            throw new IllegalArgumentException(
                    "output of "
                            + options.file()
                            + " must be [B], [B, n] or [B, n, 1] for B = "
                            + rows
                            + " designs, got "
                            + shape);
        }
        long numbers = axes == 1 ? 1 : shape.get(1);
        if (options.output() >= numbers) {
            throw new IllegalArgumentException(
                    "option 'output' of reward '"
                            + reward
                            + "' must be below "
                            + numbers
                            + ", the number of outputs of "
                            + options.file()
                            + ", got "
                            + options.output());
        }
        return output.reshape(rows, numbers).get(":, {}", options.output());
    }

    @Override
    public Device device() {
        return module.device();
    }

    @Override
    public boolean onGpu() {
        return module.onGpu();
    }

    @Override
    public Backend backend() {
        return module.backend();
    }

    @Override
    public void close() {
        module.close();
    }
}
