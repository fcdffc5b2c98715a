/** Circular fingerprints of molecules, and rewards of similarity and of substructures. */
package dev.tiller.rewards.molecule.fingerprint;
