package dev.tiller.guidance;

import dev.tiller.rewards.Designs;
import dev.tiller.sampler.State;

/** Turns clean states into designs that rewards can score. */
@FunctionalInterface
public interface DesignReader {
    /**
     * Reads a clean state.
     *
     * @param x0 a clean state
     * @return one design per row, in order
     */
    Designs read(State x0);

    /**
     * Reads token states as text.
     *
     * @param alphabet the letter of each token, token 0 first
     * @return a reader of states that hold one array of tokens, int64 [B, L], none of them masked
     */
    static DesignReader ofTokens(String alphabet) {
        return new TokenReader(alphabet);
    }
}
