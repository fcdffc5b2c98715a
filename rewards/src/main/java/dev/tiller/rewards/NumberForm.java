package dev.tiller.rewards;

/** How a number that a design has makes a score; the higher score is better. */
public enum NumberForm {
    /** The number itself. */
    VALUE,
    /** Minus the number. */
    NEGATIVE,
    /** Minus the distance from the number to the target. */
    TARGET;

    /**
     * Makes the score.
     *
     * @param number the number
     * @param target the wanted number; only {@link #TARGET} heeds it
     * @return the score
     */
    public double score(double number, double target) {
        return switch (this) { // 0 - x, since a minus sign would make -0.0 of 0
            case VALUE -> number;
            case NEGATIVE -> 0 - number;
            case TARGET -> 0 - Math.abs(number - target);
        };
    }
}
