/** Batches of training jobs: what they are, how they run, what is told of them. */
package dev.tiller.cli.train;
