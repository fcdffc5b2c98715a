/** Proteins: backbones, and rewards of amino-acid sequences. */
package dev.tiller.rewards.protein;
