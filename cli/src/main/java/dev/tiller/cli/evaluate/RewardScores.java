package dev.tiller.cli.evaluate;

import dev.tiller.cli.run.JudgedReward;
import dev.tiller.cli.run.Quantiles;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import java.util.ArrayList;
import java.util.List;

/** What a reward and its referee say of a set: the scores, and the quantiles for the table. */
public final class RewardScores {
    /** Designs scored together; bounds the memory and does not change a score. */
    private static final int BATCH = 1024;

    private static final double[] LEVELS = {0.05, 0.25, 0.5, 0.75, 0.95};
    private static final String[] LEVEL_NAMES = {"q05", "q25", "median", "q75", "q95"};
    private static final String[] LEVEL_TITLES = {"5 %", "25 %", "median", "75 %", "95 %"};

    private final JudgedReward judged;

    /**
     * Wraps a reward.
     *
     * @param judged the reward and its referee; closed by the caller
     */
    public RewardScores(JudgedReward judged) {
        this.judged = judged;
    }

    /**
     * Scores of one set.
     *
     * @param reward by the reward
     * @param referee by the referee, or null without one
     */
    record Scores(double[] reward, double[] referee) {
        /** The scores to draw: those of the judge that was not optimised, where there is one. */
        double[] judging() {
            return referee == null ? reward : referee;
        }
    }

    /**
     * Says whose scores are drawn.
     *
     * @return the name of the reward, and that it is its referee where it has one
     */
    public String judge() {
        return judged.reward().name() + (hasReferee() ? " referee" : "");
    }

    private boolean hasReferee() {
        return judged.judge(new Designs(List.of())) != null;
    }

    List<Column> columns() {
        List<Column> columns = new ArrayList<>(columns("reward"));
        if (hasReferee()) {
            columns.addAll(columns("referee"));
        }
        return columns;
    }

    private static List<Column> columns(String judge) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < LEVELS.length; i++) {
            columns.add(new Column(judge + "_" + LEVEL_NAMES[i], judge + " " + LEVEL_TITLES[i], 3));
        }
        return columns;
    }

    Scores score(DesignSet set) {
        double[] reward = score(judged.reward(), set);
        return new Scores(reward, hasReferee() ? batched(set, judged::judge) : null);
    }

    static List<Double> quantiles(Scores scores) {
        List<Double> quantiles = new ArrayList<>();
        for (double level : LEVELS) {
            quantiles.add(Quantiles.of(scores.reward(), level));
        }
        for (int i = 0; scores.referee() != null && i < LEVELS.length; i++) {
            quantiles.add(Quantiles.of(scores.referee(), LEVELS[i]));
        }
        return quantiles;
    }

    /** Scores a set; a reward that refuses it is told where its designs come from. */
    static double[] score(Reward reward, DesignSet set) {
        return batched(set, reward::score);
    }

    /** Scores designs. */
    private interface Judge {
        double[] score(Designs designs);
    }

    private static double[] batched(DesignSet set, Judge judge) {
        double[] scores = new double[set.designs().size()];
        for (int start = 0; start < scores.length; start += BATCH) {
            int end = Math.min(scores.length, start + BATCH);
            double[] part;
            try {
                part = judge.score(set.part(start, end));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(set.source() + ": " + e.getMessage(), e);
            }
            System.arraycopy(part, 0, scores, start, part.length);
        }
        return scores;
    }
}
