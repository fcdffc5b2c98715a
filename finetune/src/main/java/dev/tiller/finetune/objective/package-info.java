/** What is minimised: the masked NELBO, and regression on labels. */
package dev.tiller.finetune.objective;
