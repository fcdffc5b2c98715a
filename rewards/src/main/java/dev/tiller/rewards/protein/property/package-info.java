/**
 * Rewards of amino-acid sequences by themselves: charge, hydropathy, stability, weight, composition
 * and recovery of a given sequence. No library with these scales was found (BioJava's module {@code
 * aa-prop} could not be resolved for the releases that were tried), so the published tables are
 * here.
 */
package dev.tiller.rewards.protein.property;
