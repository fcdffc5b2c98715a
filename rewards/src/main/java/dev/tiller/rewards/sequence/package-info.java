/**
 * Rewards on sequences that need no weights, profiles of words, and the FASTA format. The rewards
 * are chosen by name through {@link dev.tiller.rewards.Rewards}; {@link
 * dev.tiller.rewards.sequence.Fasta} may be used by any module.
 */
package dev.tiller.rewards.sequence;
