/** Docking of molecules to a receptor by AutoDock Vina, an external program. */
package dev.tiller.rewards.molecule.docking;
