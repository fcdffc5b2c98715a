package dev.tiller.sampler.decoder;

/**
 * How the values that a particle had so far weigh it before the end: the potentials G of
 * Feynman-Kac steering (Singhal et al. 2025, arXiv 2501.06848, section 3). Whichever is chosen, the
 * last weight makes the product of all of them exp(r(x0) / tau), so all aim at the same
 * distribution.
 */
public enum Potential {
    /**
     * exp((v(x_s) - v(x_t)) / tau), x_t being where the value was asked last: sequential Monte
     * Carlo with soft values.
     */
    DIFFERENCE,
    /** exp(max v / tau), over the values so far: for rewards that are bounded above. */
    MAX,
    /** exp(sum of v / tau), over the values so far: favours what was good all the way. */
    SUM,
    /** 1: the value is never asked, and designs are weighted by their reward alone. */
    NONE;

    /** Returns what is remembered of the values once a further one is known. */
    double remember(double before, double value) {
        return switch (this) {
            case DIFFERENCE -> value;
            case MAX -> Math.max(before, value);
            case SUM -> before + value;
            case NONE -> before;
        };
    }

    /** Returns what is remembered at the start, where {@link #DIFFERENCE} has the prior's value. */
    double start() {
        return this == MAX ? Double.NEGATIVE_INFINITY : 0;
    }

    /** Returns tau log of what the remembered value is divided by. */
    double reference(double before) {
        return this == DIFFERENCE ? before : 0;
    }
}
