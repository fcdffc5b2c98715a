/** Masked (absorbing) discrete diffusion over token sequences. */
package dev.tiller.sampler.masked;
