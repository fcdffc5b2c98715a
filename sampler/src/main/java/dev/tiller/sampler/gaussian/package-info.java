/**
 * Gaussian diffusion: stochastic differential equations and their reverse, on arrays and graphs.
 */
package dev.tiller.sampler.gaussian;
