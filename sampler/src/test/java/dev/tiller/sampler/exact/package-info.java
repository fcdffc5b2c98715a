/** A chain small enough to enumerate, its exact laws, and tests of samplers against them. */
package dev.tiller.sampler.exact;
