/** How easily a molecule can be made. */
package dev.tiller.rewards.molecule.synthesis;
