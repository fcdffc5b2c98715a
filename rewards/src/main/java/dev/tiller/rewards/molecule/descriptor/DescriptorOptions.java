package dev.tiller.rewards.molecule.descriptor;

import dev.tiller.rewards.NumberForm;
import java.util.Objects;

/**
 * How a descriptor makes a score.
 *
 * @param form how the number makes the score
 * @param target the wanted number; only the form {@code target} heeds it
 * @param invalid the score of a design that is no molecule; the worst of the descriptor if none
 */
public record DescriptorOptions(NumberForm form, double target, Double invalid) {

    /** Checks that the numbers are finite. */
    public DescriptorOptions {
        Objects.requireNonNull(form, "form");
        if (!Double.isFinite(target)) {
            throw new IllegalArgumentException("target must be a finite number, got " + target);
        }
        if (invalid != null && !Double.isFinite(invalid)) {
            throw new IllegalArgumentException("invalid must be a finite number, got " + invalid);
        }
    }

    /**
     * Returns the options that hold where none are given.
     *
     * @return the number itself is the score
     */
    public static DescriptorOptions defaults() {
        return new DescriptorOptions(NumberForm.VALUE, 0, null);
    }
}
