package dev.tiller.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.DifferentiableDenoiser;
import dev.tiller.sampler.masked.Subs;
import dev.tiller.sampler.numerics.Scope;
import dev.tiller.sampler.schedule.NoiseSchedule;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A network as a masked-diffusion denoiser, in the SUBS parameterisation of MDLM (Sahoo et al.
 * 2024): no mass on the mask, so log p(x0 = k | xt) is the log-softmax of the K clean logits.
 *
 * <p>Networks that were trained by score entropy (SEDD, Lou et al. 2024) are read in the same way:
 * at a masked position the score of letter k is p(x0 = k | xt) / (exp(sigma) - 1), which differs
 * from exp(logits) by a factor that depends on sigma alone. Dividing by the sum of the scores also
 * removes the error of that sum, whose exact value is known. So are those of D3PM: given that it is
 * no mask, x0 has the softmax of the clean logits.
 *
 * <p>One call costs one evaluation for each row. Safe for concurrent calls.
 */
public final class NetworkDenoiser implements DifferentiableDenoiser, AutoCloseable {
    private final Network network;
    private final NoiseSchedule schedule;
    private final Options options;

    /**
     * What the weights were trained for.
     *
     * @param cleanTokens K
     * @param timeConditioning whether the network is told sigma(t); if not its sigma is 0
     * @param label the class that class guidance asks for; empty for networks without classes
     */
    public record Options(int cleanTokens, boolean timeConditioning, OptionalInt label) {}

    /**
     * Wraps a network.
     *
     * @param network takes tokens, then sigma if it is told the time, then the class if there is
     *     one, and gives logits [B, L, K + 1]; closed with this denoiser
     * @param schedule the noise of the training
     * @param options what the weights were trained for
     */
    public NetworkDenoiser(Network network, NoiseSchedule schedule, Options options) {
        this.network = Objects.requireNonNull(network);
        this.schedule = Objects.requireNonNull(schedule);
        this.options = Objects.requireNonNull(options);
    }

    @Override
    public NDArray logPosterior(NDArray xt, double[] t) {
        try (Scope scope = Scope.of(xt)) {
            NDArray logits = network.run(inputs(scope.borrow(xt), t, scope)).singletonOrThrow();
            return scope.give(Subs.logPosterior(logits, options.cleanTokens()));
        }
    }

    @Override
    public NDArray vectorJacobian(NDArray relaxed, double[] t, NDArray cotangent) {
        requireRelaxed(relaxed);
        try (Scope scope = Scope.of(relaxed)) {
            NDArray gradient =
                    network.gradients()
                            .differentiate(
                                    inputs(scope.borrow(relaxed), t, scope),
                                    new NDList(scope.borrow(cotangent)),
                                    this::product)
                            .get(1);
            return scope.give(gradient);
        }
    }

    /** sum(cotangent * log p) of each row. */
    private NDArray product(NDList outputs, NDList cotangent) {
        NDArray logPosterior = Subs.logPosterior(outputs.head(), options.cleanTokens());
        NDArray product = logPosterior.mul(cotangent.head());
        long rows = product.getShape().get(0);
        return product.reshape(rows, product.size() / rows).sum(new int[] {1});
    }

    private void requireRelaxed(NDArray relaxed) {
        Shape shape = relaxed.getShape();
        int letters = options.cleanTokens() + 1;
        if (relaxed.getDataType() != DataType.FLOAT32
                || shape.dimension() != 3
                || shape.get(2) != letters) {
            throw new IllegalArgumentException(
                    "relaxed must be float32 [B, L, "
                            + letters
                            + "], got "
                            + relaxed.getDataType()
                            + " "
                            + shape);
        }
    }

    /**
     * Tells whether there is a gradient: not for models of architecture torchscript or onnx, which
     * read whole tokens alone.
     */
    @Override
    public Optional<DifferentiableDenoiser> differentiable() {
        return network.hasGradients() ? Optional.of(this) : Optional.empty();
    }

    private NDList inputs(NDArray x, double[] t, Scope scope) {
        int rows = Math.toIntExact(x.getShape().get(0));
        if (t.length != rows) {
            throw new IllegalArgumentException(
                    "t must have one time for each of the " + rows + " rows, got " + t.length);
        }
        NDList inputs = new NDList(x);
        if (options.timeConditioning()) {
            float[] sigma = new float[rows];
            for (int i = 0; i < rows; i++) {
                sigma[i] = (float) schedule.sigma(t[i]);
            }
            inputs.add(scope.manager().create(sigma));
        }
        if (options.label().isPresent()) {
            long[] labels = new long[rows];
            Arrays.fill(labels, options.label().getAsInt());
            inputs.add(scope.manager().create(labels, new Shape(rows)));
        }
        return inputs;
    }

    @Override
    public boolean dependsOnTime() {
        return options.timeConditioning();
    }

    @Override
    public int cleanTokens() {
        return options.cleanTokens();
    }

    /**
     * Returns the noise of the training.
     *
     * @return the schedule
     */
    public NoiseSchedule schedule() {
        return schedule;
    }

    /**
     * Returns the network.
     *
     * @return the network, still owned by this denoiser
     */
    public Network network() {
        return network;
    }

    /** Frees the weights. */
    @Override
    public void close() {
        network.close();
    }
}
