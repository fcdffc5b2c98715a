/**
 * Soft values of noisy states, guidance of reverse steps by their gradients or differences, and
 * guidance that changes the denoiser itself.
 */
package dev.tiller.guidance;
