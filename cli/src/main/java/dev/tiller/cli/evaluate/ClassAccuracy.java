package dev.tiller.cli.evaluate;

import dev.tiller.rewards.Reward;
import java.util.Arrays;
import java.util.List;

/**
 * Share of designs that a second reward puts into a class: those whose score is above a threshold.
 * With a classifier of open chromatin it is the ATAC accuracy of DRAKES (Wang et al. 2024, arXiv
 * 2410.13643, section 6.1).
 */
public final class ClassAccuracy implements Measure {
    private final Reward reward;
    private final double threshold;

    /**
     * Creates the measure.
     *
     * @param reward the score of the class; closed by the caller
     * @param threshold what it must be above
     */
    public ClassAccuracy(Reward reward, double threshold) {
        if (!Double.isFinite(threshold)) {
            throw new IllegalArgumentException(
                    "--class-threshold must be finite, got " + threshold);
        }
        this.reward = reward;
        this.threshold = threshold;
    }

    @Override
    public List<Column> columns() {
        return List.of(new Column("class_accuracy", "class accuracy", 3));
    }

    @Override
    public double[] of(DesignSet set) {
        double[] scores = RewardScores.score(reward, set);
        return new double[] {
            (double) Arrays.stream(scores).filter(score -> score > threshold).count()
                    / scores.length
        };
    }
}
