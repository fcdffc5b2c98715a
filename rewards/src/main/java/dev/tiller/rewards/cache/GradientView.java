package dev.tiller.rewards.cache;

import dev.tiller.rewards.Breakdown;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.Notation;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.ScoredGradient;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The differentiable form of a decorated reward, which owns it. */
final class GradientView implements DifferentiableReward {
    private final Reward owner;
    private final Function<RelaxedDesigns, List<ScoredGradient>> gradient;

    GradientView(Reward owner, Function<RelaxedDesigns, List<ScoredGradient>> gradient) {
        this.owner = owner;
        this.gradient = gradient;
    }

    @Override
    public String name() {
        return owner.name();
    }

    @Override
    public String letters() {
        return owner.letters();
    }

    @Override
    public Notation notation() {
        return owner.notation();
    }

    @Override
    public double[] score(Designs designs) {
        return owner.score(designs);
    }

    @Override
    public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
        return gradient.apply(designs);
    }

    @Override
    public List<String> columns() {
        return owner.columns();
    }

    @Override
    public Breakdown breakdown(Designs designs) {
        return owner.breakdown(designs);
    }

    @Override
    public Optional<String> referee() {
        return owner.referee();
    }

    @Override
    public Optional<String> digest() {
        return owner.digest();
    }
}
