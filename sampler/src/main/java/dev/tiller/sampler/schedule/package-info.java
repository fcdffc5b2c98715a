/** Noise schedules: how much of the signal is kept at time t. */
package dev.tiller.sampler.schedule;
