package dev.tiller.sampler.gaussian;

import ai.djl.ndarray.types.Shape;

/**
 * One array of a Gaussian state.
 *
 * @param name what it holds, such as {@code x} or {@code adj}
 * @param shape the shape of one particle's array, without the particle axis
 * @param sde how it is noised
 * @param layout which entries exist and which are equal
 * @param parameterisation what the network's output says of it
 */
public record Component(
        String name, Shape shape, Sde sde, Layout layout, Parameterisation parameterisation) {
    /** Which entries of an array are free. */
    public enum Layout {
        /** All of them; no node mask applies. */
        PLAIN,
        /** [N, F]: the rows of nodes that exist. */
        NODES,
        /** [N, N]: a symmetric matrix without diagonal, between nodes that exist. */
        PAIRS
    }
}
