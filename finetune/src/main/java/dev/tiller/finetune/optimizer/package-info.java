/** Optimisers, gradient clipping, learning rates and weight averages, equal to PyTorch's. */
package dev.tiller.finetune.optimizer;
