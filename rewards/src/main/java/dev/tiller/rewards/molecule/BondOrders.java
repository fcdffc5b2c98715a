package dev.tiller.rewards.molecule;

/** Bond orders from real numbers, as GDSS rounds its adjacency (Jo, Lee and Hwang, ICML 2022). */
public final class BondOrders {
    private static final double SINGLE = 0.5;
    private static final double DOUBLE = 1.5;
    private static final double TRIPLE = 2.5;

    private BondOrders() {}

    /**
     * Rounds one entry of an adjacency matrix.
     *
     * @param value any number; NaN is no bond
     * @return 3 from 2.5 on, 2 from 1.5 on, 1 from 0.5 on, else 0
     */
    public static int quantise(double value) {
        if (value >= TRIPLE) {
            return 3;
        }
        if (value >= DOUBLE) {
            return 2;
        }
        return value >= SINGLE ? 1 : 0;
    }
}
