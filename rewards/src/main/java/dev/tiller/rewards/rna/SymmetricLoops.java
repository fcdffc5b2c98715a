package dev.tiller.rewards.rna;

/**
 * Unfolds tables of interior loops with equal sides. Such a loop reads the same from either end, so
 * the file lists each two different pairs in one order only.
 */
final class SymmetricLoops {
    private SymmetricLoops() {}

    /**
     * Returns the table over all ordered pairs of pairs.
     *
     * @param half the blocks of the pairs (0, 0), (0, 1) .. (0, 5), (1, 1) .. (5, 5); within a
     *     block, one base-4 digit per unpaired base, in order: the 5' side, then the 3' side
     * @param side the number of bases per side
     */
    static int[] unfold(int[] half, int side) {
        int sides = 1 << (2 * side); // the number of ways to fill one side
        int block = sides * sides;
        int[] whole = new int[Bases.PAIRS * Bases.PAIRS * block];
        int from = 0;
        for (int outer = 0; outer < Bases.PAIRS; outer++) {
            for (int inner = outer; inner < Bases.PAIRS; inner++) {
                for (int k = 0; k < block; k++) {
                    int turned = k % sides * sides + k / sides;
                    whole[(Bases.PAIRS * outer + inner) * block + k] = half[from + k];
                    whole[(Bases.PAIRS * inner + outer) * block + turned] = half[from + k];
                }
                from += block;
            }
        }
        return whole;
    }
}
