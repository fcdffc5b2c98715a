package dev.tiller.rewards.protein.property;

import dev.tiller.rewards.NumberForm;
import java.util.Objects;

/**
 * How a number makes a score.
 *
 * @param form the number itself ({@code value}), minus it ({@code negative}), or minus its distance
 *     to the target ({@code target})
 * @param target the wanted number; only the form {@code target} heeds it
 */
public record PropertyOptions(NumberForm form, double target) {

    /** Checks that the target is finite. */
    public PropertyOptions {
        Objects.requireNonNull(form, "form");
        if (!Double.isFinite(target)) {
            throw new IllegalArgumentException("target must be a finite number, got " + target);
        }
    }

    /**
     * Makes the score.
     *
     * @param number the number of a sequence
     * @return the score; higher is better
     */
    double score(double number) {
        return form.score(number, target);
    }
}
