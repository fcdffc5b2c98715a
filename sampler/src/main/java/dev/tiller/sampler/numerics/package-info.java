/** Numerical kernels: scopes for arrays, log-space arithmetic, categorical draws, gradients. */
package dev.tiller.sampler.numerics;
