package dev.tiller.sampler;

import java.util.Arrays;

/**
 * What each sample is drawn given. Conditions are numbered; which one a sample has follows from its
 * id alone, so it never changes on the way, and every decoder works for conditional models
 * unchanged.
 */
@FunctionalInterface
public interface Conditions {
    /** All samples have condition 0. */
    Conditions NONE = sampleId -> 0;

    /**
     * Deals conditions to samples in turn.
     *
     * @param count how many conditions there are
     * @return sample i has condition i mod count
     */
    static Conditions inTurn(int count) {
        return sampleId -> (int) (sampleId % count);
    }

    /**
     * Returns the condition of a sample.
     *
     * @param sampleId the id of the sample
     * @return the number of its condition, from 0
     */
    int of(long sampleId);

    /**
     * Returns the conditions of the rows of a state.
     *
     * @param x the state
     * @return one number for each row
     */
    default int[] of(State x) {
        return Arrays.stream(x.sampleIds()).mapToInt(this::of).toArray();
    }
}
