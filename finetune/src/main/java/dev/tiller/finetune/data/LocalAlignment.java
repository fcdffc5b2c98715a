package dev.tiller.finetune.data;

import java.util.Arrays;

/**
 * The best local alignment of two proteins (Smith and Waterman 1981, affine gaps by Gotoh 1982) by
 * the scores of BLOSUM62 (Henikoff and Henikoff 1992), a gap of n letters costing 11 + n.
 *
 * @param score the score, at least 0
 * @param pairs for each letter of the first protein the position of its partner in the second, or
 *     -1
 */
public record LocalAlignment(int score, int[] pairs) {
    private static final int OPEN = 12;
    private static final int EXTEND = 1;
    private static final String LETTERS = "ARNDCQEGHILKMFPSTWYV";

    /** The lower triangle, in the order of the letters. */
    private static final int[][] BLOSUM62 = {
        {4},
        {-1, 5},
        {-2, 0, 6},
        {-2, -2, 1, 6},
        {0, -3, -3, -3, 9},
        {-1, 1, 0, 0, -3, 5},
        {-1, 0, 0, 2, -4, 2, 5},
        {0, -2, 0, -1, -3, -2, -2, 6},
        {-2, 0, 1, -1, -3, 0, 0, -2, 8},
        {-1, -3, -3, -3, -1, -3, -3, -4, -3, 4},
        {-1, -2, -3, -4, -1, -2, -3, -4, -3, 2, 4},
        {-1, 2, 0, -1, -3, 1, 1, -2, -1, -3, -2, 5},
        {-1, -1, -2, -3, -1, 0, -2, -3, -2, 1, 2, -1, 5},
        {-2, -3, -3, -3, -2, -3, -3, -3, -1, 0, 0, -3, 0, 6},
        {-1, -2, -2, -1, -3, -1, -1, -2, -2, -3, -3, -1, -2, -4, 7},
        {1, -1, 1, 0, -1, 0, 0, 0, -1, -2, -2, 0, -1, -2, -1, 4},
        {0, -1, 0, -1, -1, -1, -1, -2, -2, -1, -1, -1, -1, -2, -1, 1, 5},
        {-3, -3, -4, -4, -2, -2, -3, -2, -2, -3, -2, -3, -1, 1, -4, -3, -2, 11},
        {-2, -2, -2, -3, -2, -1, -2, -3, 2, -1, -1, -2, -1, 3, -3, -2, -2, 2, 7},
        {0, -3, -3, -3, -1, -2, -2, -3, -3, 3, 1, -2, 1, -1, -2, -2, 0, -3, -1, 4},
    };

    /** The law of the best score of unrelated proteins with these costs of gaps. */
    private static final double LAMBDA = 0.267;

    private static final double K = 0.041;

    /** Where the best path to a cell comes from. */
    private static final byte STOP = 0;

    private static final byte PAIR = 1;
    private static final byte GAP_IN_B = 2;
    private static final byte GAP_IN_A = 3;

    /**
     * Aligns two proteins; time and memory are the product of their lengths.
     *
     * @param a letters of the first
     * @param b letters of the second
     * @return the best local alignment, the first one of several
     */
    public static LocalAlignment of(String a, String b) {
        return new Table(a, b).best();
    }

    /** The tables of the best scores that end in a pair, or in a gap in either protein. */
    private static final class Table {
        private final String a;
        private final String b;
        private final int[][] score;
        private final int[][] gapInB;
        private final int[][] gapInA;
        private int bestI;
        private int bestJ;

        Table(String a, String b) {
            this.a = a;
            this.b = b;
            this.score = new int[a.length() + 1][b.length() + 1];
            this.gapInB = new int[a.length() + 1][b.length() + 1];
            this.gapInA = new int[a.length() + 1][b.length() + 1];
            Arrays.fill(gapInB[0], -OPEN);
            for (int[] row : gapInA) {
                row[0] = -OPEN;
            }
            fill();
        }

        private void fill() {
            int[] columns = b.chars().map(LETTERS::indexOf).toArray();
            for (int i = 1; i <= a.length(); i++) {
                int letter = LETTERS.indexOf(a.charAt(i - 1));
                for (int j = 1; j <= b.length(); j++) {
                    gapInB[i][j] = Math.max(score[i - 1][j] - OPEN, gapInB[i - 1][j] - EXTEND);
                    gapInA[i][j] = Math.max(score[i][j - 1] - OPEN, gapInA[i][j - 1] - EXTEND);
                    int paired = score[i - 1][j - 1] + pair(letter, columns[j - 1]);
                    int gapped = Math.max(gapInB[i][j], gapInA[i][j]);
                    score[i][j] = Math.max(0, Math.max(paired, gapped));
                    if (score[i][j] > score[bestI][bestJ]) {
                        bestI = i;
                        bestJ = j;
                    }
                }
            }
        }

        /** Letters that are none of the twenty match nothing. */
        private static int pair(int x, int y) {
            if (x < 0 || y < 0) {
                return -1;
            }
            return x >= y ? BLOSUM62[x][y] : BLOSUM62[y][x];
        }

        LocalAlignment best() {
            int[] pairs = new int[a.length()];
            Arrays.fill(pairs, -1);
            int i = bestI;
            int j = bestJ;
            for (byte from = from(i, j); from != STOP; from = from(i, j)) {
                if (from == PAIR) {
                    i--;
                    j--;
                    pairs[i] = j;
                } else if (from == GAP_IN_B) {
                    while (gapInB[i][j] != score[i - 1][j] - OPEN) {
                        i--;
                    }
                    i--;
                } else {
                    while (gapInA[i][j] != score[i][j - 1] - OPEN) {
                        j--;
                    }
                    j--;
                }
            }
            return new LocalAlignment(score[bestI][bestJ], pairs);
        }

        private byte from(int i, int j) {
            if (score[i][j] == 0) {
                return STOP;
            }
            if (score[i][j] == gapInB[i][j]) {
                return GAP_IN_B;
            }
            return score[i][j] == gapInA[i][j] ? GAP_IN_A : PAIR;
        }
    }

    /** Returns the score of a pair of letters. */
    static int pair(char x, char y) {
        return Table.pair(LETTERS.indexOf(x), LETTERS.indexOf(y));
    }

    /**
     * Counts the pairs of the alignment.
     *
     * @return letters that have a partner
     */
    public int aligned() {
        return (int) Arrays.stream(pairs).filter(partner -> partner >= 0).count();
    }

    /**
     * Tells how many alignments of this score or a better one chance would give (Karlin and
     * Altschul 1990, with the constants of NCBI BLAST for these costs).
     *
     * @param query letters of one protein
     * @param database letters of all the proteins that it is compared to
     * @return the E value
     */
    public double expected(int query, int database) {
        return K * query * database * StrictMath.exp(-LAMBDA * score);
    }

    /**
     * Counts the pairs of equal letters.
     *
     * @param a the first protein
     * @param b the second
     * @return letters whose partner is the same letter
     */
    public int identical(String a, String b) {
        int same = 0;
        for (int i = 0; i < pairs.length; i++) {
            same += pairs[i] >= 0 && a.charAt(i) == b.charAt(pairs[i]) ? 1 : 0;
        }
        return same;
    }
}
