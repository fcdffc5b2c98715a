package dev.tiller.rewards.molecule;

/**
 * What became of a graph that may have broken valences.
 *
 * @param smiles canonical SMILES after the correction; empty if no atom is left
 * @param validBefore whether all valences held without correction; false without atoms. Being in
 *     several pieces does not make a molecule invalid
 * @param graph the largest piece after the correction, atoms in the order they had
 */
public record BuiltMolecule(String smiles, boolean validBefore, MolecularGraph graph) {}
