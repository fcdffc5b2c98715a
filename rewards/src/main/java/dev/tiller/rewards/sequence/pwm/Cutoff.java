package dev.tiller.rewards.sequence.pwm;

import java.util.List;

/** What a threshold on log-odds is given as. */
public enum Cutoff {
    /**
     * The probability with which a random site of background letters reaches it. A motif too short
     * for so small a probability has its highest score as threshold.
     */
    P_VALUE {
        @Override
        double threshold(LogOdds motif, List<Double> background, double level) {
            return ScoreDistribution.of(motif, background).threshold(level);
        }
    },

    /** The share of the way from the lowest to the highest score, as on the JASPAR site. */
    RELATIVE {
        @Override
        double threshold(LogOdds motif, List<Double> background, double level) {
            return motif.lowest() + level * (motif.highest() - motif.lowest());
        }
    },

    /** The log-odds in nats. */
    LOG_ODDS {
        @Override
        double threshold(LogOdds motif, List<Double> background, double level) {
            return level;
        }
    };

    abstract double threshold(LogOdds motif, List<Double> background, double level);
}
