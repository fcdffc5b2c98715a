package dev.tiller.rewards.external;

import java.util.List;

/** A way to ask a program outside. Safe for concurrent use. */
interface Transport extends AutoCloseable {

    /**
     * Asks for the numbers of a batch, once.
     *
     * @param designs one or more designs
     * @param failures how often this batch has failed before, for a pause that grows
     * @throws BatchFailure if there is no right answer, but another attempt may get one
     * @throws dev.tiller.rewards.RewardFailedException if no further attempt can help
     */
    Answer ask(List<String> designs, int failures) throws BatchFailure, InterruptedException;

    /** Stops asking: ends what runs. */
    @Override
    void close();
}
