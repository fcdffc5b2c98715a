/**
 * Constraints on token designs that hold with certainty: fixed positions, allowed letters, excluded
 * letters, forbidden and required motifs, tied positions.
 *
 * <p>{@link dev.tiller.sampler.constraint.Constraints} is what a user writes, {@link
 * dev.tiller.sampler.constraint.CompiledConstraints} what the processes of {@link
 * dev.tiller.sampler.masked} take, {@link dev.tiller.sampler.constraint.CompletionSampler} how they
 * draw.
 */
package dev.tiller.sampler.constraint;
