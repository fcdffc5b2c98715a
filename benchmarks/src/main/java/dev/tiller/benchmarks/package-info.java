/** Speed of the two engines of inference, side by side. */
package dev.tiller.benchmarks;
