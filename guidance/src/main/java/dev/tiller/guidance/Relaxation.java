package dev.tiller.guidance;

/**
 * How a noisy state, and what the denoiser says of it, become the relaxed design that the reward
 * sees: the soft form of the posterior. {@link #CARRIED_OVER} is the one to use; the others repeat
 * published codes to compare with them.
 *
 * <p>All work position by position. With x the one-hot tokens (K letters, then the mask), p = p(x0
 * | xt) and r' the derivative of the reward by its input, they say what the reward's input z is and
 * how r' goes back to x and to log p.
 */
public enum Relaxation {
    /**
     * SUBS between the tokens: z = x_letters + x_mask p. A clean position is its letter, a masked
     * one the probabilities of its letters; on the way from mask to letter z is linear, so the
     * gradient also knows what it means to fix this letter here.
     */
    CARRIED_OVER {
        @Override
        void relax(float[] logs, int at, int letters, int token, float[] z) {
            for (int k = 0; k < letters; k++) {
                boolean own = token == k;
                z[at + k] = token == letters ? probability(logs[at + k]) : own ? 1 : 0;
            }
        }

        @Override
        void pullBack(
                float[] logs,
                int at,
                int letters,
                int token,
                float[] reward,
                float[] cotangent,
                float[] direct) {
            int first = at / letters * (letters + 1);
            double expected = 0;
            for (int k = 0; k < letters; k++) {
                double part = (double) probability(logs[at + k]) * reward[at + k];
                expected += part;
                cotangent[at + k] = token == letters ? (float) part : 0;
                direct[first + k] = reward[at + k];
            }
            direct[first + letters] = (float) expected;
        }
    },

    /**
     * DPS as the code of SVDD has it (Li et al. 2024): z = softmax over K + 1 columns of log p at
     * masked positions, and of the one-hot token itself at clean ones, which blurs them to e / (e +
     * K) for the token and 1 / (e + K) for every other column. A masked position has no term of its
     * own: its gradient comes through the denoiser alone. (The code also differentiates the mean
     * over the batch; divide the strength by B for that.)
     */
    SVDD_REFERENCE {
        @Override
        void relax(float[] logs, int at, int letters, int token, float[] z) {
            for (int k = 0; k < letters; k++) {
                z[at + k] =
                        token == letters
                                ? probability(logs[at + k])
                                : (float) blurred(token == k, letters);
            }
        }

        @Override
        void pullBack(
                float[] logs,
                int at,
                int letters,
                int token,
                float[] reward,
                float[] cotangent,
                float[] direct) {
            int first = at / letters * (letters + 1);
            double mean = 0;
            for (int k = 0; k < letters; k++) {
                mean += blurred(token == k, letters) * reward[at + k];
                cotangent[at + k] =
                        token == letters ? probability(logs[at + k]) * reward[at + k] : 0;
            }
            for (int k = 0; k <= letters; k++) {
                double own = k < letters ? reward[at + k] : 0;
                direct[first + k] =
                        token == letters
                                ? 0
                                : (float) (blurred(token == k, letters) * (own - mean));
            }
        }
    },

    /**
     * Classifier guidance as the code of DRAKES has it (Wang et al. 2024, arXiv 2410.13643): the
     * reward is given log-probabilities in place of probabilities, at clean positions 0 for the
     * token and -1e6 for every other letter. The gradient comes through the denoiser alone. (The
     * code also differentiates the mean over the batch; divide the strength by B for that.)
     */
    DRAKES_REFERENCE {
        @Override
        void relax(float[] logs, int at, int letters, int token, float[] z) {
            for (int k = 0; k < letters; k++) {
                float fixed = token == k ? 0 : LOG_ZERO;
                z[at + k] = token == letters ? logs[at + k] : fixed;
            }
        }

        @Override
        void pullBack(
                float[] logs,
                int at,
                int letters,
                int token,
                float[] reward,
                float[] cotangent,
                float[] direct) {
            for (int k = 0; k < letters; k++) {
                cotangent[at + k] = token == letters ? reward[at + k] : 0;
            }
        }
    };

    private static final float LOG_ZERO = -1e6f;

    /**
     * Writes the K numbers that the reward sees of one position.
     *
     * @param logs log p(x0 | xt), [L * K]
     * @param at where the position starts in {@code logs} and in {@code z}
     * @param letters K
     * @param token the token there, K for the mask
     * @param z receives the numbers
     */
    abstract void relax(float[] logs, int at, int letters, int token, float[] z);

    /**
     * Takes the reward's derivative at one position back.
     *
     * @param logs log p(x0 | xt), [L * K]
     * @param at where the position starts in {@code logs}, {@code reward} and {@code cotangent}
     * @param letters K
     * @param token the token there, K for the mask
     * @param reward the derivative of the reward by its input, [L * K]
     * @param cotangent receives the derivative by log p
     * @param direct receives the derivative by x, log p held fast, [L * (K + 1)]
     */
    abstract void pullBack(
            float[] logs,
            int at,
            int letters,
            int token,
            float[] reward,
            float[] cotangent,
            float[] direct);

    private static float probability(float log) {
        return (float) StrictMath.exp(log);
    }

    /** softmax of a one-hot vector of K + 1 columns. */
    private static double blurred(boolean own, int letters) {
        return (own ? StrictMath.E : 1) / (StrictMath.E + letters);
    }
}
