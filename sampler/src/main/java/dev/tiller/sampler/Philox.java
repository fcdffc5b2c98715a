package dev.tiller.sampler;

/**
 * Philox 4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy
 * as 1, 2, 3" (SC 2011).
 *
 * <p>The key is the seed; the counter is the address. One block gives four 32-bit words, that is
 * two float64 uniforms. Immutable and safe for all threads.
 */
public final class Philox implements Randomness {
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;

    private final long seed;

    /**
     * Creates the generator of one seed.
     *
     * @param seed any 64-bit number
     */
    public Philox(long seed) {
        this.seed = seed;
    }

    @Override
    public void fill(long sampleId, int step, Purpose purpose, int candidate, double[] out) {
        requireRange("sample id", sampleId, 48);
        requireRange("step", step, 24);
        requireRange("candidate", candidate, 16);
        int word1 = (int) sampleId;
        int word2 = step | (purpose.code() << 24);
        int word3 = candidate | ((int) (sampleId >>> 32) << 16);
        int[] block = new int[4];
        for (int i = 0; i < out.length; i += 2) {
            block(i >>> 1, word1, word2, word3, (int) seed, (int) (seed >>> 32), block);
            out[i] = uniform(block[0], block[1]);
            if (i + 1 < out.length) {
                out[i + 1] = uniform(block[2], block[3]);
            }
        }
    }

    @Override
    public Randomness branch(int number) {
        requireRange("branch", number, 24);
        int[] block = new int[4];
        int word2 = number | (Purpose.BRANCH.code() << 24);
        block(0, 0, word2, 0, (int) seed, (int) (seed >>> 32), block);
        return new Philox(((long) block[1] << 32) | (block[0] & 0xFFFFFFFFL));
    }

    /**
     * Maps 64 random bits to the middle of one of 2^52 equal cells, so never to 0 or 1. (The middle
     * of the last of 2^53 cells is not a float64; it would round to 1.)
     */
    static double uniform(int high, int low) {
        long bits = ((long) high << 32) | (low & 0xFFFFFFFFL);
        return ((bits >>> 12) + 0.5) * 0x1.0p-52;
    }

    private static void requireRange(String name, long value, int bits) {
        if (value < 0 || value >>> bits != 0) {
            throw new IllegalArgumentException(
                    name + " must be in [0, 2^" + bits + "), got " + value);
        }
    }

    /**
     * Computes one block of the bijection.
     *
     * @param c0 first counter word
     * @param c1 second counter word
     * @param c2 third counter word
     * @param c3 fourth counter word
     * @param k0 first key word
     * @param k1 second key word
     * @param out receives the four output words
     */
    static void block(int c0, int c1, int c2, int c3, int k0, int k1, int[] out) {
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = (MULTIPLIER_0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
            long product1 = (MULTIPLIER_1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
            c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
            c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
            c1 = (int) product1;
            c3 = (int) product0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        out[0] = c0;
        out[1] = c1;
        out[2] = c2;
        out[3] = c3;
    }
}
