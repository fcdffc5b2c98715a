package dev.tiller.rewards.benchmark;

/**
 * The size of an Ehrlich function and the seed it is drawn from.
 *
 * @param states v, size of the alphabet, at least 2
 * @param length L, letters of a design
 * @param motifs c, number of motifs, at least 1
 * @param motifLength k, letters of a motif, at least 1; c k must not exceed L
 * @param quantization q, levels of a motif above 0, in 1 to k
 * @param epistasis how much less an incomplete motif is worth, in [0, 4]; 0 is the published
 *     function
 * @param infeasible the score of designs with a banned transition; must be finite and below 1
 * @param letters the alphabet; its first v letters are used
 * @param seed what the chain, the motifs and the spacings are drawn from
 */
public record EhrlichOptions(
        int states,
        int length,
        int motifs,
        int motifLength,
        int quantization,
        double epistasis,
        double infeasible,
        String letters,
        long seed) {

    /** The 20 amino acids, the other letters, and digits: 32 in all. */
    public static final String LETTERS = "ACDEFGHIKLMNPQRSTVWYBJOUXZ012345";

    /** Checks the numbers. */
    public EhrlichOptions {
        boolean distinct =
                letters.chars().distinct().count() == letters.length()
                        && letters.chars()
                                .allMatch(a -> (a >= 'A' && a <= 'Z') || (a >= '0' && a <= '9'));
        require(
                distinct,
                "letters must be different upper-case letters and digits, got '" + letters + "'");
        require(
                states >= 2 && states <= letters.length(),
                "states must be in 2 to the " + letters.length() + " letters, got " + states);
        require(
                motifs >= 1 && motifLength >= 1 && (long) motifs * motifLength <= length,
                "motifs and motifLength must be at least 1 and their product at most the length "
                        + length
                        + ", got "
                        + motifs
                        + " and "
                        + motifLength);
        require(
                quantization >= 1 && quantization <= motifLength,
                "quantization must be in 1 to motifLength "
                        + motifLength
                        + ", got "
                        + quantization);
        require(
                epistasis >= 0 && epistasis <= 4,
                "epistasis must be in [0, 4], got " + epistasis + "; 0 is the published function");
        require(
                Double.isFinite(infeasible) && infeasible < 1,
                "infeasible must be finite and below the optimum 1, got " + infeasible);
    }

    private static void require(boolean rule, String text) {
        if (!rule) {
            throw new IllegalArgumentException(text);
        }
    }

    /**
     * Returns the options that hold where none are given.
     *
     * @return the function called Ehr(V=32, L=32, c=4, k=4) with q = 4 and seed 0
     */
    public static EhrlichOptions defaults() {
        return new EhrlichOptions(32, 32, 4, 4, 4, 0, 0, LETTERS, 0);
    }

    /**
     * Returns the letters that designs are made of.
     *
     * @return the first v letters
     */
    public String alphabet() {
        return letters.substring(0, states);
    }
}
