/** Soft values of noisy states, and guidance that changes the denoiser itself. */
package dev.tiller.guidance;
