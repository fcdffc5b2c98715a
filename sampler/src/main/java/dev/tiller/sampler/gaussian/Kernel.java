package dev.tiller.sampler.gaussian;

/**
 * A linear Gaussian step: x' = factor x + std z.
 *
 * @param factor the factor of x in the mean
 * @param std the standard deviation of each coordinate, not negative
 */
public record Kernel(double factor, double std) {}
