package dev.tiller.zoo.architecture;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import dev.tiller.sampler.numerics.Scope;
import java.util.function.Function;

/**
 * The layers of one forward call. Each computes with the parameters under its name; its result
 * belongs to the manager of its input.
 */
final class Layers {
    private static final float EPSILON = 1e-5f;
    // the engine wants the share of the old statistics; PyTorch's momentum is 0.1
    private static final float KEPT_STATISTICS = 0.9f;
    private static final int CHANNEL_AXIS = 1;
    // float32 elements in the widest vectors of a CPU
    private static final int VECTOR = 16;

    private final ParameterList parameters;
    private final ParameterStore store;
    private final Device device;
    private final boolean training;
    private final DropoutMasks masks;
    private final Constants constants;
    private final LowRankAdapters.Call adapters;

    /**
     * {@code masks} may be null: no dropout; {@code constants} too: nothing is kept; {@code
     * adapters} too: there are none.
     */
    Layers(
            ParameterList parameters,
            ParameterStore store,
            Device device,
            boolean training,
            DropoutMasks masks,
            Constants constants,
            LowRankAdapters.Call adapters) {
        this.parameters = parameters;
        this.store = store;
        this.device = device;
        this.training = training;
        this.masks = masks;
        this.constants = constants;
        this.adapters = adapters;
    }

    /** A parameter with what its adapter adds; never the left operand. */
    NDArray get(String name) {
        return adapters == null ? parameter(name) : adapters.get(name, this::parameter);
    }

    private NDArray parameter(String name) {
        return store.getValue(parameters.get(name), device, training);
    }

    /**
     * What depends on the weights and on {@code key} alone: kept where the block is folded, else
     * computed for the manager of {@code x}. Kept arrays belong to another manager, so only use
     * them as right operands.
     *
     * @param compute makes the arrays in the scope that it is given
     */
    NDList constants(String key, NDArray x, Function<Scope, NDList> compute) {
        boolean here = constants != null && constants.device().equals(device);
        NDList kept = here ? constants.get(key, compute) : null;
        if (kept != null) {
            return kept;
        }
        try (Scope scope = Scope.of(x)) {
            return scope.give(compute.apply(scope));
        }
    }

    /** [B, C, L] to [B, C', L]; zeros around it, for even kernels one more on the right. */
    NDArray conv(String name, NDArray x, int dilation) {
        NDArray weight = borrow(name + ".weight", x);
        NDArray bias = borrow(name + ".bias", x);
        long outputs = weight.getShape().get(0);
        long moreInputs = padding(weight.getShape().get(1));
        long moreOutputs = padding(outputs);
        long reach = dilation * (weight.getShape().get(2) - 1);
        long around = reach % 2 == 0 ? reach / 2 : 0;
        NDArray input = x;
        if (moreInputs > 0 || reach % 2 != 0) {
            long left = reach / 2 - around;
            input = x.pad(new Shape(left, reach - left - 2 * around, 0, moreInputs), 0);
        }
        if (moreInputs > 0 || moreOutputs > 0) {
            weight = weight.pad(new Shape(0, 0, 0, moreInputs, 0, moreOutputs), 0);
            bias = bias.pad(new Shape(0, moreOutputs), 0);
        }
        NDArray y =
                input.getNDArrayInternal()
                        .convolution(
                                input,
                                weight,
                                bias,
                                new Shape(1),
                                new Shape(around),
                                new Shape(dilation),
                                1)
                        .singletonOrThrow();
        return moreOutputs > 0 ? y.get(new NDIndex(":, :{}", outputs)) : y;
    }

    /**
     * How many channels of zeros to add. The convolutions of libtorch 2.7.1 read memory that they
     * never wrote where the channels that they sum over do not fill the vectors of the CPU: with
     * 120 input channels the output is wrong, with 12 output channels the gradient of the input.
     */
    private long padding(long channels) {
        return device.equals(Device.cpu()) ? (VECTOR - channels % VECTOR) % VECTOR : 0;
    }

    /** A convolution of width 1 along the positions: [B, L, C] to [B, L, C']. */
    NDArray pointwise(String name, NDArray x) {
        NDArray weight = borrow(name + ".weight", x).squeeze(2);
        return x.getNDArrayInternal().linear(x, weight, get(name + ".bias")).singletonOrThrow();
    }

    /** A view of a parameter that belongs to the manager of {@code x}. */
    private NDArray borrow(String name, NDArray x) {
        NDArray parameter = get(name);
        NDArray view = parameter.reshape(parameter.getShape());
        view.attach(x.getManager());
        return view;
    }

    /** [..., C] to [..., C']. */
    NDArray linear(String name, NDArray x) {
        return x.getNDArrayInternal()
                .linear(x, get(name + ".weight"), get(name + ".bias"))
                .singletonOrThrow();
    }

    /** The columns of a weight from {@code from} to {@code to}; belongs to the manager of x. */
    NDArray columns(String name, NDArray x, long from, long to) {
        return borrow(name + ".weight", x).get(new NDIndex(":, {}:{}", from, to));
    }

    /** [..., C] to [..., C'] by one block of columns, [C', C], of a weight; without the bias. */
    NDArray block(String name, NDArray x, int which) {
        long width = x.getShape().get(x.getShape().dimension() - 1);
        NDArray weight = columns(name, x, which * width, (which + 1) * width);
        return x.getNDArrayInternal().linear(x, weight, null).singletonOrThrow();
    }

    /** [..., C] to [..., C'], without a bias; also by a convolution of width 1. */
    NDArray project(String name, NDArray x) {
        NDArray weight = get(name + ".weight");
        Shape shape = weight.getShape();
        if (shape.dimension() > 2) {
            weight = borrow(name + ".weight", x).reshape(shape.get(0), shape.get(1));
        }
        return x.getNDArrayInternal().linear(x, weight, null).singletonOrThrow();
    }

    /**
     * Pairs of neighbours to their mean, weighted channel by channel with a softmax over a
     * projection: [B, L, C] to [B, ceil(L / 2), C]. A last position without a neighbour stays as it
     * is.
     */
    NDArray attentionPool(String name, NDArray x) {
        long length = x.getShape().get(1);
        long channels = x.getShape().get(2);
        long pairs = length / 2;
        if (pairs == 0) {
            return x;
        }
        boolean even = length % 2 == 0;
        NDArray paired = even ? x : x.get(new NDIndex(":, :{}", 2 * pairs));
        NDArray weights = project(name, paired).reshape(-1, pairs, 2, channels).softmax(2);
        NDArray pooled = paired.reshape(-1, pairs, 2, channels).mul(weights).sum(new int[] {2});
        return even ? pooled : pooled.concat(x.get(new NDIndex(":, {}:", 2 * pairs)), 1);
    }

    /** Over the last axis, with a weight but no bias. */
    NDArray weightNorm(String name, NDArray x) {
        Shape channels = new Shape(x.getShape().get(x.getShape().dimension() - 1));
        NDArray noBias = x.getManager().zeros(channels);
        return x.getNDArrayInternal()
                .layerNorm(x, channels, get(name + ".weight"), noBias, EPSILON)
                .singletonOrThrow();
    }

    /** Over the last axis. */
    NDArray layerNorm(String name, NDArray x) {
        long channels = x.getShape().get(x.getShape().dimension() - 1);
        return x.getNDArrayInternal()
                .layerNorm(
                        x, new Shape(channels), get(name + ".weight"), get(name + ".bias"), EPSILON)
                .singletonOrThrow();
    }

    /**
     * [B, C, L]; in training with the statistics of the batch, which then enter the running ones.
     * Beside adapters those are as frozen as the weights.
     */
    NDArray batchNorm(String name, NDArray x) {
        return x.getNDArrayInternal()
                .batchNorm(
                        x,
                        get(name + ".running_mean"),
                        get(name + ".running_var"),
                        get(name + ".weight"),
                        get(name + ".bias"),
                        CHANNEL_AXIS,
                        KEPT_STATISTICS,
                        EPSILON,
                        training && adapters == null)
                .singletonOrThrow();
    }

    /** int64 [...] to [..., C], the rows of a parameter. */
    NDArray embedding(String parameter, NDArray indices) {
        return indices.getNDArrayInternal()
                .embedding(indices, get(parameter), SparseFormat.DENSE)
                .singletonOrThrow();
    }

    /** One layer in both directions, [B, L, C] to [B, L, C]: the two outputs are added. */
    NDArray bidirectionalGru(String name, NDArray x) {
        long channels = x.getShape().get(2);
        NDList weights = new NDList();
        for (String direction : new String[] {"", "_reverse"}) {
            weights.add(get(name + ".weight_ih_l0" + direction));
            weights.add(get(name + ".weight_hh_l0" + direction));
            weights.add(get(name + ".bias_ih_l0" + direction));
            weights.add(get(name + ".bias_hh_l0" + direction));
        }
        NDArray state = x.getManager().zeros(new Shape(2, x.getShape().get(0), channels));
        NDArray both =
                x.getNDArrayInternal()
                        .gru(x, state, weights, true, 1, 0, training, true, true)
                        .head();
        NDList directions = both.split(2, 2);
        return directions.get(0).add(directions.get(1));
    }

    /** Returns {@code x} itself where nothing is dropped. */
    NDArray dropout(NDArray x, double rate) {
        return training && masks != null && rate > 0 ? masks.apply(x, rate) : x;
    }
}
