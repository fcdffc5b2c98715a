package dev.tiller.cli;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;

/** A plug-in of another alphabet, found as a user's would be. */
public final class ProteinOnly implements RewardProvider<ProteinOnly.Options> {
    static final String NAME = "protein-only";

    /** No options. */
    public record Options() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "Reads amino acids without A, C, G and T (tests).";
    }

    @Override
    public Class<Options> optionsType() {
        return Options.class;
    }

    @Override
    public Options defaults() {
        return new Options();
    }

    @Override
    public Reward create(Options options, RewardContext context) {
        return new Reward() {
            @Override
            public String name() {
                return NAME;
            }

            @Override
            public String letters() {
                return "DEFHIKLMNPQRSVWY";
            }

            @Override
            public double[] score(Designs designs) {
                return new double[designs.size()];
            }
        };
    }
}
