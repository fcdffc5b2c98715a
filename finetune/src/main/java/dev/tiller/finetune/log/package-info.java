/** What a training run tells of itself: a table of metrics, TensorBoard files, warnings. */
package dev.tiller.finetune.log;
