package dev.tiller.rewards.protein.property;

/**
 * The charge of an unfolded protein in water: each ionisable group by itself (Henderson and
 * Hasselbalch), with the constants of Bjellqvist et al., Electrophoresis 14, 1993 and 15, 1994,
 * which depend on the residues at the ends. Cysteines are taken as reduced. X has no charge.
 */
public final class Charge {
    private static final double HIGHEST_PH = 14;
    private static final int HALVINGS = 60;

    private static final String BASIC = "KRH";
    private static final String ACIDIC = "DECY";
    private static final Scale BASES = Scale.of("K 10 R 12 H 5.98");
    private static final Scale ACIDS = Scale.of("D 4.05 E 4.45 C 9 Y 10");
    private static final Scale FIRST = Scale.of("A 7.59 M 7 S 6.93 P 8.36 T 6.82 V 7.44 E 7.7");
    private static final double FIRST_OTHERWISE = 7.5;
    private static final Scale LAST = Scale.of("D 4.55 E 4.75");
    private static final double LAST_OTHERWISE = 3.55;

    private final int[] counts = new int['Z' + 1];
    private final double first;
    private final double last;

    private Charge(String sequence) {
        first = FIRST.of(sequence.charAt(0), FIRST_OTHERWISE);
        last = LAST.of(sequence.charAt(sequence.length() - 1), LAST_OTHERWISE);
        for (char letter : sequence.toCharArray()) {
            counts[letter]++;
        }
    }

    /**
     * Returns the net charge.
     *
     * @param sequence one-letter codes in upper case, at least one
     * @param ph the acidity
     * @return elementary charges, falling with the acidity
     */
    public static double at(String sequence, double ph) {
        return new Charge(sequence).at(ph);
    }

    private double at(double ph) {
        double charge = positive(first, ph) - negative(last, ph);
        for (char letter : BASIC.toCharArray()) {
            charge += counts[letter] * positive(BASES.of(letter, Double.NaN), ph);
        }
        for (char letter : ACIDIC.toCharArray()) {
            charge -= counts[letter] * negative(ACIDS.of(letter, Double.NaN), ph);
        }
        return charge;
    }

    private static double positive(double constant, double ph) {
        return 1 / (1 + StrictMath.pow(10, ph - constant));
    }

    private static double negative(double constant, double ph) {
        return 1 / (1 + StrictMath.pow(10, constant - ph));
    }

    /**
     * Returns the isoelectric point.
     *
     * @param sequence one-letter codes in upper case, at least one
     * @return the acidity at which the net charge is 0, in [0, 14]
     */
    public static double isoelectricPoint(String sequence) {
        Charge charge = new Charge(sequence);
        double low = 0;
        double high = HIGHEST_PH;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (charge.at(middle) > 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }
}
