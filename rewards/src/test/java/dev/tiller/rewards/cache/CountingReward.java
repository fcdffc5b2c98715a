package dev.tiller.rewards.cache;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.IncrementalReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.RewardFailedException;
import dev.tiller.rewards.ScoredGradient;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Scores the length, notes what it was asked, and cannot score what holds the letter X. */
final class CountingReward implements IncrementalReward, DifferentiableReward {
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    double failureScore = Double.NaN;
    int closed;

    @Override
    public String name() {
        return "counting";
    }

    @Override
    public String letters() {
        return "ACGTX";
    }

    @Override
    public double[] score(Designs designs) {
        return score(designs, (row, score) -> {});
    }

    @Override
    public double[] score(Designs designs, Listener listener) {
        double[] scores = new double[designs.size()];
        List<RewardFailedException.Failure> failures = new ArrayList<>();
        for (int row = 0; row < scores.length; row++) {
            String design = designs.sequences().get(row);
            asked.add(design);
            Thread.yield();
            if (design.contains("X")) {
                scores[row] = failureScore;
                failures.add(new RewardFailedException.Failure(row, design, "X"));
            } else {
                scores[row] = design.length();
                listener.scored(row, scores[row]);
            }
        }
        if (!failures.isEmpty() && Double.isNaN(failureScore)) {
            throw new RewardFailedException("failed", failures, List.of());
        }
        return scores;
    }

    @Override
    public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
        return designs.rows().stream().map(row -> new ScoredGradient(1, row)).toList();
    }

    @Override
    public Optional<String> referee() {
        return Optional.of("other");
    }

    @Override
    public Optional<String> digest() {
        return Optional.of("abc");
    }

    @Override
    public void close() {
        closed++;
    }
}
