package dev.tiller.sampler.gaussian;

/**
 * Where a sampler is on its grid of times.
 *
 * @param t the time of the state
 * @param next the next time of the grid, below {@code t}; 0 at the end of it
 * @param steps N, the number of times
 */
record Moment(double t, double next, int steps) {}
