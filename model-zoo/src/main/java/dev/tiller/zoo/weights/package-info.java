/** Weight files: safetensors, digests, and the layouts of other frameworks. */
package dev.tiller.zoo.weights;
