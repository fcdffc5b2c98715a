/**
 * Secondary structure of RNA: the nearest-neighbour model, the structure of least free energy, and
 * the reward {@code rna-mfe}. Any module may use {@link dev.tiller.rewards.rna.MinimumFreeEnergy}
 * and {@link dev.tiller.rewards.rna.StructureEnergy}; the reward is chosen by name through {@link
 * dev.tiller.rewards.Rewards}.
 */
package dev.tiller.rewards.rna;
