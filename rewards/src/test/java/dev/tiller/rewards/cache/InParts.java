package dev.tiller.rewards.cache;

import dev.tiller.rewards.Breakdown;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.ScoredGradient;
import java.util.ArrayList;
import java.util.List;

/** Scores a design by its length, which it says in two ways, and remembers what it was asked. */
final class InParts implements DifferentiableReward {
    final List<String> asked = new ArrayList<>();

    @Override
    public String name() {
        return "in-parts";
    }

    @Override
    public String letters() {
        return "ACGT";
    }

    @Override
    public double[] score(Designs designs) {
        return breakdown(designs).scores();
    }

    @Override
    public List<String> columns() {
        return List.of("letters", "half");
    }

    @Override
    public Breakdown breakdown(Designs designs) {
        asked.addAll(designs.sequences());
        double[] lengths = designs.sequences().stream().mapToDouble(String::length).toArray();
        double[][] parts = new double[lengths.length][];
        for (int row = 0; row < parts.length; row++) {
            parts[row] = new double[] {lengths[row], lengths[row] / 2};
        }
        return new Breakdown(lengths, parts);
    }

    @Override
    public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
        return designs.rows().stream().map(row -> new ScoredGradient(1, row)).toList();
    }
}
