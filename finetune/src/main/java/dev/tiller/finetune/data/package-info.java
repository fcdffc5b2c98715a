/** Training examples: measured tables, teacher labels, roll-outs. */
package dev.tiller.finetune.data;
