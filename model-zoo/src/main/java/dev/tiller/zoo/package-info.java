/**
 * Trained networks as denoisers, value networks and rewards, and the folders they live in.
 *
 * <p>Start at {@link dev.tiller.zoo.ModelZoo}. Architectures are in {@link
 * dev.tiller.zoo.architecture}, weight files in {@link dev.tiller.zoo.weights}.
 */
package dev.tiller.zoo;
