/** Decoders: how the reverse trajectory is walked. Each works for every process. */
package dev.tiller.sampler.decoder;
