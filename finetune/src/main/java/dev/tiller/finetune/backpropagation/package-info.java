/**
 * Reward backpropagation (DRAKES, Wang et al. 2024, arXiv 2410.13643): the gradient of the reward
 * of designs, carried back through relaxed reverse steps, less a divergence from the pretrained
 * model.
 */
package dev.tiller.finetune.backpropagation;
