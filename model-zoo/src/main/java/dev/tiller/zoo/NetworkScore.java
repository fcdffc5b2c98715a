package dev.tiller.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.gaussian.Component;
import dev.tiller.sampler.gaussian.DifferentiableScoreNetwork;
import dev.tiller.sampler.numerics.Scope;
import java.util.List;
import java.util.Objects;

/**
 * A network as the score network of a Gaussian diffusion of graphs.
 *
 * <p>One call costs one evaluation for each row. Safe for concurrent calls.
 */
public final class NetworkScore implements DifferentiableScoreNetwork, AutoCloseable {
    private final Network network;
    private final GraphConfig graph;
    private final boolean timeConditioning;

    /**
     * Wraps a network.
     *
     * @param network takes x [B, N, F], adj [B, N, N], the mask [B, N] and, if it is told, the time
     *     [B], and gives one output for x and one for adj; closed with this object
     * @param graph what it was trained on
     * @param timeConditioning whether the network is told the time
     */
    public NetworkScore(Network network, GraphConfig graph, boolean timeConditioning) {
        this.network = Objects.requireNonNull(network);
        this.graph = Objects.requireNonNull(graph);
        this.timeConditioning = timeConditioning;
    }

    @Override
    public NDList evaluate(NDList arrays, double[] t) {
        try (Scope scope = Scope.of(arrays.head())) {
            return scope.give(network.run(inputs(arrays, t, scope)));
        }
    }

    @Override
    public NDList vectorJacobian(NDList arrays, double[] t, NDList cotangents) {
        int parts = cotangents.size();
        try (Scope scope = Scope.of(arrays.head())) {
            NDList given = new NDList(parts);
            cotangents.forEach(cotangent -> given.add(scope.borrow(cotangent)));
            NDList scoreAndGradients =
                    network.gradients()
                            .differentiate(
                                    inputs(arrays, t, scope), given, parts, NetworkScore::product);
            return scope.give(scoreAndGradients.subNDList(1));
        }
    }

    /** The sum of cotangent times output over the entries of each row. */
    private static NDArray product(NDList outputs, NDList cotangents) {
        NDArray sum = null;
        for (int i = 0; i < cotangents.size(); i++) {
            NDArray product = outputs.get(i).mul(cotangents.get(i));
            NDArray part = product.reshape(product.getShape().get(0), -1).sum(new int[] {1});
            sum = sum == null ? part : sum.add(part);
        }
        return sum;
    }

    private NDList inputs(NDList arrays, double[] t, Scope scope) {
        long rows = arrays.head().getShape().get(0);
        if (t.length != rows) {
            throw new IllegalArgumentException(
                    "t must have one time for each of the " + rows + " rows, got " + t.length);
        }
        NDList inputs = new NDList(arrays.size() + 1);
        arrays.forEach(array -> inputs.add(scope.borrow(array)));
        if (timeConditioning) {
            float[] times = new float[t.length];
            for (int i = 0; i < t.length; i++) {
                times[i] = (float) t[i];
            }
            inputs.add(scope.manager().create(times, new Shape(t.length)));
        }
        return inputs;
    }

    @Override
    public boolean dependsOnTime() {
        return timeConditioning;
    }

    /**
     * Returns the arrays of a state.
     *
     * @return x and adj
     */
    public List<Component> components() {
        return graph.components();
    }

    /**
     * Returns what the network was trained on.
     *
     * @return atoms, noise and usual sampling
     */
    public GraphConfig graph() {
        return graph;
    }

    /**
     * Returns the network.
     *
     * @return the network, still owned by this object
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
