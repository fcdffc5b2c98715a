/** Molecules as designs: SMILES, graphs of atoms and bonds, and rewards of chemistry. */
package dev.tiller.rewards.molecule;
