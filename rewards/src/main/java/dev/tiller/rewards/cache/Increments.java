package dev.tiller.rewards.cache;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.IncrementalReward;
import dev.tiller.rewards.Reward;

/** Scores with a listener, whether the reward knows listeners or not. */
final class Increments {

    private Increments() {}

    /** A reward that knows no listener tells all scores at the end of the call. */
    static double[] score(Reward reward, Designs designs, IncrementalReward.Listener listener) {
        if (reward instanceof IncrementalReward incremental) {
            return requireOnePerDesign(incremental.score(designs, listener), designs, reward);
        }
        double[] scores = requireOnePerDesign(reward.score(designs), designs, reward);
        for (int row = 0; row < scores.length; row++) {
            listener.scored(row, scores[row]);
        }
        return scores;
    }

    private static double[] requireOnePerDesign(double[] scores, Designs designs, Reward reward) {
        if (scores.length != designs.size()) {
            throw new IllegalStateException(
                    "reward '"
                            + reward.name()
                            + "' must give one score per design, got "
                            + scores.length
                            + " for "
                            + designs.size());
        }
        for (int row = 0; row < scores.length; row++) {
            if (!Double.isFinite(scores[row])) {
                throw new IllegalStateException(
                        "reward '"
                                + reward.name()
                                + "' must give finite scores, got "
                                + scores[row]
                                + " for design "
                                + (row + 1));
            }
        }
        return scores;
    }
}
