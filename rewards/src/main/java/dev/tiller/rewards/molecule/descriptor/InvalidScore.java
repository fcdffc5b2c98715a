package dev.tiller.rewards.molecule.descriptor;

import dev.tiller.rewards.molecule.MoleculeReward;

/**
 * The options of a reward whose only choice is how to treat what is no molecule.
 *
 * @param invalid the score of a design that is no molecule
 */
public record InvalidScore(double invalid) {

    /** Checks the score. */
    public InvalidScore {
        MoleculeReward.invalid(invalid, 0);
    }
}
