package dev.tiller.zoo;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import java.util.Optional;

/** The predicted mean ribosome load of a 5'UTR, and the independent network that checks it. */
public final class RibosomeLoad {
    private static final String NAME = "mrl";
    private static final String REFEREE_NAME = "mrl-referee";

    private RibosomeLoad() {}

    /** Listed in META-INF/services under the name {@code mrl}. */
    public static final class Provider implements RewardProvider<RewardModel> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Predicted mean ribosome load of a 5'UTR of 50 letters (RNA).";
        }

        @Override
        public Class<RewardModel> optionsType() {
            return RewardModel.class;
        }

        @Override
        public RewardModel defaults() {
            return new RewardModel("rna-utr5-mrl");
        }

        @Override
        public Reward create(RewardModel options, RewardContext context) {
            return options.load(NAME, Optional.of(REFEREE_NAME), context);
        }
    }

    /** Listed in META-INF/services under the name {@code mrl-referee}. */
    public static final class RefereeProvider implements RewardProvider<RewardModel> {

        /** Made by the service loader. */
        public RefereeProvider() {}

        @Override
        public String name() {
            return REFEREE_NAME;
        }

        @Override
        public String description() {
            return "Mean ribosome load predicted by an independent network; checks mrl (RNA).";
        }

        @Override
        public Class<RewardModel> optionsType() {
            return RewardModel.class;
        }

        @Override
        public RewardModel defaults() {
            return new RewardModel("rna-utr5-mrl-referee");
        }

        @Override
        public Reward create(RewardModel options, RewardContext context) {
            return options.load(REFEREE_NAME, Optional.empty(), context);
        }
    }
}
