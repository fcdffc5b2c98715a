/** Training jobs in YAML, and how they run. */
package dev.tiller.finetune.job;
