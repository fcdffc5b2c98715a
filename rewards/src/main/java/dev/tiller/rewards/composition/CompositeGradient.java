package dev.tiller.rewards.composition;

import dev.tiller.rewards.Breakdown;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.Notation;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.ScoredGradient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A composition with its gradient, by the chain rule. */
final class CompositeGradient implements DifferentiableReward {
    private final CompositeReward reward;
    private final Combination combination;
    private final Map<NamedReward, DifferentiableReward> gradients;

    CompositeGradient(
            CompositeReward reward,
            Combination combination,
            Map<NamedReward, DifferentiableReward> gradients) {
        this.reward = reward;
        this.combination = combination;
        this.gradients = gradients;
    }

    @Override
    public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
        Map<NamedReward, List<ScoredGradient>> own = new LinkedHashMap<>();
        gradients.forEach((spec, gradient) -> own.put(spec, gradient.differentiate(designs)));
        own.forEach(
                (spec, scored) ->
                        RawScores.requireOneEach(spec.name(), designs.size(), scored.size()));
        List<ScoredGradient> combined = new ArrayList<>();
        for (int n = 0; n < designs.size(); n++) {
            Map<NamedReward, ScoredGradient> scored = new LinkedHashMap<>();
            for (Map.Entry<NamedReward, List<ScoredGradient>> entry : own.entrySet()) {
                scored.put(entry.getKey(), entry.getValue().get(n));
            }
            combined.add(combine(scored, n, designs.length() * designs.alphabet().length()));
        }
        return combined;
    }

    private ScoredGradient combine(Map<NamedReward, ScoredGradient> scored, int n, int size) {
        List<Component> terms = combination.terms();
        double[] transformed = new double[terms.size()];
        for (int t = 0; t < transformed.length; t++) {
            Component term = terms.get(t);
            double raw = scored.get(term.reward()).score();
            RawScores.requireFinite(term.column(), n, raw);
            transformed[t] = term.transform().apply(raw);
        }
        double value = combination.value(transformed, n);
        double[] sum = new double[size];
        for (int t = 0; t < transformed.length; t++) {
            Component term = terms.get(t);
            ScoredGradient one = scored.get(term.reward());
            double slope = term.transform().derivative(one.score());
            double factor = combination.derivative(transformed, t, slope);
            for (int i = 0; factor != 0 && i < size; i++) {
                sum[i] += factor * one.gradient()[i];
            }
        }
        float[] gradient = new float[size];
        for (int i = 0; i < size; i++) {
            gradient[i] = (float) sum[i];
        }
        return new ScoredGradient(value, gradient);
    }

    @Override
    public String name() {
        return reward.name();
    }

    @Override
    public String letters() {
        return reward.letters();
    }

    @Override
    public Notation notation() {
        return reward.notation();
    }

    @Override
    public double[] score(Designs designs) {
        return reward.score(designs);
    }

    @Override
    public List<String> columns() {
        return reward.columns();
    }

    @Override
    public Breakdown breakdown(Designs designs) {
        return reward.breakdown(designs);
    }

    @Override
    public Optional<String> referee() {
        return reward.referee();
    }

    @Override
    public Optional<String> digest() {
        return reward.digest();
    }

    /** Does nothing: the composition owns its rewards. */
    @Override
    public void close() {}
}
