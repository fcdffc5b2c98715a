package dev.tiller.zoo;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import java.util.Optional;

/**
 * The predicted expression that a yeast promoter of 80 letters drives in complex medium, in the
 * units of Vaishnav et al. 2022 (0 to 17), and the network that checks it, trained on other
 * promoters.
 */
public final class YeastExpression {
    private static final String NAME = "yeast-expression";
    private static final String REFEREE_NAME = "yeast-expression-referee";

    private YeastExpression() {}

    /** Listed in META-INF/services under the name {@code yeast-expression}. */
    public static final class Provider implements RewardProvider<RewardModel> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Predicted expression from a yeast promoter of 80 letters (DNA).";
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

    /** Listed in META-INF/services under the name {@code yeast-expression-referee}. */
    public static final class RefereeProvider implements RewardProvider<RewardModel> {

        /** Made by the service loader. */
        public RefereeProvider() {}

        @Override
        public String name() {
            return REFEREE_NAME;
        }

        @Override
        public String description() {
            return "Expression predicted by a network trained on other promoters; checks"
                    + " yeast-expression (DNA).";
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
