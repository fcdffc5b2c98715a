package dev.tiller.rewards.external;

/**
 * How a reward outside is asked, as far as it is the same for all ways to reach it.
 *
 * @param reward the name of the reward
 * @param letters the letters that it reads, each once
 * @param batchSize the most designs in one request
 * @param parallel the most requests at a time
 * @param attempts how often a design is asked for before it is given up
 * @param direction what a good number is
 * @param failure what becomes of a design without a number
 */
record BatchPolicy(
        String reward,
        String letters,
        int batchSize,
        int parallel,
        int attempts,
        Direction direction,
        Failure failure) {

    /** Checks the numbers. */
    BatchPolicy {
        requireAtLeastOne("batchSize", batchSize);
        requireAtLeastOne("attempts", attempts);
        if (letters == null
                || letters.isEmpty()
                || letters.chars().distinct().count() < letters.length()) {
            throw new IllegalArgumentException(
                    "letters must be one or more letters, each once, got '"
                            + letters
                            + "'; write for example ACGT");
        }
    }

    static void requireAtLeastOne(String option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(option + " must be at least 1, got " + value);
        }
    }

    static void requireSeconds(String option, double value) {
        if (!(value > 0 && value <= 1e6)) { // also rejects NaN
            throw new IllegalArgumentException(
                    option + " must be above 0 and at most 1000000, got " + value);
        }
    }

    /** Turns a number of the program outside into a score; higher is better. */
    double score(double number) {
        return direction == Direction.MINIMISE ? 0 - number : number; // 0 - 0 is 0, not -0.0
    }

    /**
     * How many requests may fail in a row before the program is taken for broken: as many as one
     * bad design can cause on every connection, by repeating its batch and then halving it.
     */
    int mostFailuresInARow() {
        int halvings = 32 - Integer.numberOfLeadingZeros(batchSize - 1);
        return parallel * (attempts + halvings + 1);
    }

    /**
     * What becomes of a design without a number.
     *
     * @param treatment the treatment
     * @param score its score if the treatment is {@link OnFailure#SCORE}, else null
     */
    record Failure(OnFailure treatment, Double score) {

        /** Checks that there is a number exactly where one is used. */
        Failure {
            if (treatment == OnFailure.SCORE && (score == null || !Double.isFinite(score))) {
                throw new IllegalArgumentException(
                        "failureScore must be a finite number if onFailure is score, got "
                                + score
                                + "; write for example failureScore=-1000");
            }
            if (treatment == OnFailure.FAIL && score != null) {
                throw new IllegalArgumentException(
                        "failureScore must be left out if onFailure is fail, got "
                                + score
                                + "; add onFailure=score");
            }
        }
    }
}
