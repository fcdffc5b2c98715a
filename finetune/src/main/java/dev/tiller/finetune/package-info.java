/** Training: the loop and its state. Objectives, data, optimisers and jobs are sub-packages. */
package dev.tiller.finetune;
