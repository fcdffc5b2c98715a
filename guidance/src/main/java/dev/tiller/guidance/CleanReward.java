package dev.tiller.guidance;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The reward r(x0) of clean states: the soft value at the end of the trajectory. Equal designs are
 * scored once.
 */
public final class CleanReward implements SoftValue {
    private final Reward reward;
    private final DesignReader reader;

    /**
     * Creates the value.
     *
     * @param reward scores designs
     * @param reader turns clean states into designs
     */
    public CleanReward(Reward reward, DesignReader reader) {
        this.reward = reward;
        this.reader = reader;
    }

    /**
     * Scores clean states.
     *
     * @param x0 a clean state
     * @param index not used: the reward of a design does not depend on when it was made
     * @param ledger where the evaluation is counted
     * @param noise not used
     * @return float64 [rows], in the unit of the reward
     */
    @Override
    public double[] estimate(State x0, int index, Ledger ledger, Randomness noise) {
        Designs designs = reader.read(x0);
        List<Object> keys = new ArrayList<>(designs.keys());
        List<Double> scores =
                ledger.evaluate(Ledger.Account.REWARD, reward, keys, rows -> score(designs, rows));
        return scores.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private List<Double> score(Designs designs, int[] rows) {
        Designs part = designs.select(rows);
        double[] scores = reward.score(part);
        if (scores.length != part.size()) {
            throw new IllegalStateException(
                    "reward '"
                            + reward.name()
                            + "' must return one score per design, got "
                            + scores.length
                            + " for "
                            + part.size());
        }
        for (int i = 0; i < scores.length; i++) {
            if (!Double.isFinite(scores[i])) {
                throw new IllegalStateException(
                        "reward '"
                                + reward.name()
                                + "' must return finite scores, got "
                                + scores[i]
                                + " for "
                                + part.sequences().get(i));
            }
        }
        return Arrays.stream(scores).boxed().toList();
    }
}
