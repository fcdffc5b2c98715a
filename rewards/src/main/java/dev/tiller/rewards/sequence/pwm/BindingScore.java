package dev.tiller.rewards.sequence.pwm;

import java.util.Arrays;

/** What the log-odds s of all placements of a motif make of a score, with the threshold mu. */
public enum BindingScore {
    /** The largest s, in nats. A design without a placement has the lowest s of the motif. */
    BEST {
        @Override
        double of(double[] s, double mu, double lowest) {
            return Arrays.stream(s).max().orElse(lowest);
        }

        @Override
        double[] slopes(double[] s, double mu) {
            double[] slopes = new double[s.length];
            int best = 0;
            for (int j = 1; j < s.length; j++) {
                best = s[j] > s[best] ? j : best;
            }
            if (s.length > 0) {
                slopes[best] = 1;
            }
            return slopes;
        }
    },

    /** The sum of max(0, s - mu), in nats: how far sites are above the threshold. */
    SUM {
        @Override
        double of(double[] s, double mu, double lowest) {
            return Arrays.stream(s).map(score -> Math.max(0, score - mu)).sum();
        }

        @Override
        double[] slopes(double[] s, double mu) {
            return Arrays.stream(s).map(score -> score > mu ? 1 : 0).toArray();
        }
    },

    /**
     * The expected number of bound sites: the sum of 1 / (1 + exp(mu - s)), where mu is the s of a
     * site that is bound half of the time (Granek and Clarke 2005, GOMER; Zhao et al. 2009).
     */
    OCCUPANCY {
        @Override
        double of(double[] s, double mu, double lowest) {
            return Arrays.stream(s).map(score -> bound(score - mu)).sum();
        }

        @Override
        double[] slopes(double[] s, double mu) {
            return Arrays.stream(s).map(score -> bound(score - mu) * bound(mu - score)).toArray();
        }
    },

    /**
     * The logarithm of the total affinity, ln of the sum of exp(s), in nats: occupancy where little
     * is bound (Foat et al. 2006, MatrixREDUCE), with a slope everywhere. Takes no threshold. A
     * design without a placement has the lowest s of the motif.
     */
    LOG_SUM {
        @Override
        double of(double[] s, double mu, double lowest) {
            if (s.length == 0) {
                return lowest;
            }
            double max = Arrays.stream(s).max().orElseThrow();
            double sum = Arrays.stream(s).map(score -> StrictMath.exp(score - max)).sum();
            return max + StrictMath.log(sum);
        }

        @Override
        double[] slopes(double[] s, double mu) {
            double total = of(s, mu, 0);
            return Arrays.stream(s).map(score -> StrictMath.exp(score - total)).toArray();
        }
    };

    /** Returns the score of one motif. */
    abstract double of(double[] s, double mu, double lowest);

    /** Returns the derivative of {@link #of} by each s. */
    abstract double[] slopes(double[] s, double mu);

    private static double bound(double excess) {
        return 1 / (1 + StrictMath.exp(-excess));
    }
}
