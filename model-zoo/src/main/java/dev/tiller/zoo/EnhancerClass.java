package dev.tiller.zoo;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import java.util.Optional;

/**
 * The predicted log-odds, in nats, that a human sequence of 200 letters is open in the liver cell
 * line HepG2 rather than one of the other classes of Agarwal et al. 2025, and the network that
 * checks it, trained on other sequences.
 */
public final class EnhancerClass {
    private static final String NAME = "enhancer-class";
    private static final String REFEREE_NAME = "enhancer-class-referee";

    private EnhancerClass() {}

    /** Listed in META-INF/services under the name {@code enhancer-class}. */
    public static final class Provider implements RewardProvider<RewardModel> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Log-odds that 200 letters of human DNA are an enhancer of HepG2 cells (DNA).";
        }

        @Override
        public Class<RewardModel> optionsType() {
            return RewardModel.class;
        }

        @Override
        public RewardModel defaults() {
            return new RewardModel(NAME);
        }

        @Override
        public Reward create(RewardModel options, RewardContext context) {
            return options.load(NAME, Optional.of(REFEREE_NAME), context);
        }
    }

    /** Listed in META-INF/services under the name {@code enhancer-class-referee}. */
    public static final class RefereeProvider implements RewardProvider<RewardModel> {

        /** Made by the service loader. */
        public RefereeProvider() {}

        @Override
        public String name() {
            return REFEREE_NAME;
        }

        @Override
        public String description() {
            return "Log-odds predicted by a network trained on other enhancers; checks"
                    + " enhancer-class (DNA).";
        }

        @Override
        public Class<RewardModel> optionsType() {
            return RewardModel.class;
        }

        @Override
        public RewardModel defaults() {
            return new RewardModel(REFEREE_NAME);
        }

        @Override
        public Reward create(RewardModel options, RewardContext context) {
            return options.load(REFEREE_NAME, Optional.empty(), context);
        }
    }
}
