/**
 * States, addressed randomness, the interfaces of a diffusion model and of guidance, and the ledger
 * that evaluates networks.
 *
 * <p>Everything here may be used by callers. Processes live in {@link dev.tiller.sampler.masked},
 * decoders in {@link dev.tiller.sampler.decoder}, schedules in {@link dev.tiller.sampler.schedule}.
 */
package dev.tiller.sampler;
