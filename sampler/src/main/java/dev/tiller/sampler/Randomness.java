package dev.tiller.sampler;

/**
 * Uniform random numbers as a pure function of their address.
 *
 * <p>Nothing is consumed: asking twice gives the same numbers, whatever was asked in between, on
 * any thread and in any batch. That is what makes a design a function of (seed, sample id) alone.
 */
public interface Randomness {
    /** What a number is used for; part of its address, so purposes never share numbers. */
    enum Purpose {
        /** Tokens of the candidates that a reverse step proposes. */
        PROPOSAL(1),
        /** Which candidate a decoder keeps. */
        SELECTION(2),
        /** Draws of clean designs from the posterior p(x0|xt), for value estimates. */
        POSTERIOR(3),
        /** The position that a first-hitting step reveals. */
        HITTING_POSITION(4),
        /** The times at which a first-hitting sampler reveals tokens. */
        HITTING_TIME(5),
        /** Diffusion times of training examples. */
        TRAINING_TIME(6),
        /** The forward corruption of training examples. */
        TRAINING_CORRUPTION(7),
        /** The order of training examples. */
        TRAINING_ORDER(8),
        /** Dropout masks. */
        TRAINING_DROPOUT(9),
        /** Initial weights. */
        INITIALIZATION(10),
        /** Synthetic training inputs. */
        TRAINING_INPUT(11),
        /** The final removal of noise, where it is drawn instead of the mode taken. */
        NOISE_REMOVAL(12),
        /** Which particles of a group survive a resampling. */
        RESAMPLING(13),
        /** Which particle of a group becomes the design. */
        FINAL_SELECTION(14),
        /** The forward corruption of finished designs that are to be improved. */
        CORRUPTION(15),
        /** The seed of a branch. */
        BRANCH(16),
        /** The relaxed tokens of a trajectory that is differentiated. */
        RELAXATION(17),
        /** Which training examples are shown without their class. */
        LABEL_DROPOUT(18),
        /** The noise that a continuous process starts from. */
        PRIOR(19),
        /** The number of nodes of a graph. */
        SIZE(20),
        /** The noise on the coordinates of a structure. */
        STRUCTURE_NOISE(21);

        private final int code;

        Purpose(int code) {
            this.code = code;
        }

        /**
         * Returns the number that stands for this purpose in an address.
         *
         * @return a number in [1, 255] that never changes between releases
         */
        public int code() {
            return code;
        }
    }

    /**
     * Fills {@code out} with the uniforms at indices 0, 1, ... of one address.
     *
     * @param sampleId the design's number within its run, in [0, 2^48)
     * @param step the reverse step, in [0, 2^24)
     * @param purpose what the numbers are for
     * @param candidate the candidate, in [0, 2^16)
     * @param out receives float64 uniforms in the open interval (0, 1)
     */
    void fill(long sampleId, int step, Purpose purpose, int candidate, double[] out);

    /**
     * Returns the randomness of another round of the same run: the same addresses, other numbers.
     *
     * @param number which round, in [0, 2^24); branches of branches are different again
     * @return independent numbers, a function of this randomness and the number alone
     */
    Randomness branch(int number);

    /**
     * Returns the first uniform of one address.
     *
     * @param sampleId the design's number within its run, in [0, 2^48)
     * @param step the reverse step, in [0, 2^24)
     * @param purpose what the number is for
     * @param candidate the candidate, in [0, 2^16)
     * @return a float64 uniform in the open interval (0, 1)
     */
    default double uniform(long sampleId, int step, Purpose purpose, int candidate) {
        double[] one = new double[1];
        fill(sampleId, step, purpose, candidate, one);
        return one[0];
    }
}
