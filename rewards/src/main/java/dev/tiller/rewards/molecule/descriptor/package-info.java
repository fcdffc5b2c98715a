/** Properties of molecules that follow from their structure, and rewards of them. */
package dev.tiller.rewards.molecule.descriptor;
