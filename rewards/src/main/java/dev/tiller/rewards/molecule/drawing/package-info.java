/** Molecules as files: structure data with coordinates, and drawings. */
package dev.tiller.rewards.molecule.drawing;
