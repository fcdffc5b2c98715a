/**
 * Network architectures whose parameters carry the names of the published weight files.
 *
 * <p>Build one with {@link dev.tiller.zoo.architecture.Architectures#create} or its constructor,
 * then load or initialise its weights.
 */
package dev.tiller.zoo.architecture;
