package dev.tiller.sampler.masked;

import dev.tiller.sampler.Conditions;
import dev.tiller.sampler.State;
import java.util.List;
import java.util.Objects;

/**
 * The layouts of all designs of a run, by the condition of each. A state has as many positions as
 * the longest layout; what lies beyond a shorter one holds token 0, is never masked, and counts for
 * nothing.
 */
public final class Layouts {
    private final List<Layout> layouts;
    private final Conditions conditions;
    private final int length;
    private final int freePositions;

    /**
     * Describes the designs of a run.
     *
     * @param layouts the layout of each condition, condition 0 first
     * @param conditions which condition a sample has
     */
    public Layouts(List<Layout> layouts, Conditions conditions) {
        this.layouts = List.copyOf(layouts);
        this.conditions = Objects.requireNonNull(conditions);
        this.length = layouts.stream().mapToInt(Layout::length).max().orElseThrow();
        this.freePositions = layouts.stream().mapToInt(Layout::freePositions).max().orElseThrow();
    }

    /**
     * Describes designs of one length, given nothing.
     *
     * @param length L, at least 1
     * @return layouts without given or tied positions
     */
    public static Layouts free(int length) {
        if (length < 1) {
            throw new IllegalArgumentException("length must be at least 1, got " + length);
        }
        return new Layouts(List.of(Layout.free(length)), Conditions.NONE);
    }

    /**
     * Returns the length of a state.
     *
     * @return positions of the longest layout
     */
    public int length() {
        return length;
    }

    /**
     * Returns the largest number of free positions.
     *
     * @return those of the layout with most of them, tied ones counted once
     */
    public int freePositions() {
        return freePositions;
    }

    /**
     * Returns the layout of a sample.
     *
     * @param sampleId the id of the sample
     * @return the layout of its condition
     */
    public Layout of(long sampleId) {
        return layouts.get(conditions.of(sampleId));
    }

    /**
     * Returns the condition of a sample.
     *
     * @param sampleId the id of the sample
     * @return the number of its condition
     */
    public int condition(long sampleId) {
        return conditions.of(sampleId);
    }

    /**
     * Returns the conditions of samples.
     *
     * @param x a state
     * @return the number of the condition of each row
     */
    public int[] conditions(State x) {
        return conditions.of(x);
    }

    /**
     * Tells whether designs are given different things.
     *
     * @return true if there is more than one condition
     */
    public boolean areConditional() {
        return layouts.size() > 1;
    }

    /** Whether no letter is given or tied, and all designs have one length. */
    boolean areFree() {
        return layouts.size() == 1 && layouts.get(0).freePositions() == length;
    }

    /**
     * Tells whether some positions always have the same letter.
     *
     * @return true if a layout has tied positions
     */
    public boolean haveTies() {
        return layouts.stream().anyMatch(Layout::hasTies);
    }
}
