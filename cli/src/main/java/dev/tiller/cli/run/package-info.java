/** Sampling runs and the files they leave. */
package dev.tiller.cli.run;
