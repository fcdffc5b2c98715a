package dev.tiller.sampler;

import ai.djl.ndarray.NDManager;

/**
 * A process whose noise is a mask that hides letters, so that finished designs can be noised again
 * by a number of letters. {@link ReverseProcess#corrupt} hides each letter by chance instead.
 */
public interface Remasking {
    /**
     * Returns the number of letters that can be masked.
     *
     * @return L, less the positions that constraints fix
     */
    int freePositions();

    /**
     * Returns the chance that a letter is masked at a time of the grid.
     *
     * @param index a time index in [0, T]
     * @return a share in [0, 1], not increasing in {@code index}; 1 at index 0
     */
    double maskedShare(int index);

    /**
     * Masks letters at random positions, each subset of positions being equally likely.
     *
     * @param x0 clean states; any mask they hold counts as a letter
     * @param letters how many letters of each design, in [0, {@link #freePositions()}]
     * @param noise the only source of randomness; addressed by sample id, chain and {@code letters}
     * @param manager owner of the new state
     * @return states with the same rows
     */
    State remask(State x0, int letters, Randomness noise, NDManager manager);
}
