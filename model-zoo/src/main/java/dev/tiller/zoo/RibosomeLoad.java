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

    /**
     * Which network predicts.
     *
     * @param model the name of a built-in model of kind reward, or a folder that holds one
     */
    public record Options(String model) {

        /** Checks that a model is named. */
        public Options {
            if (model == null || model.isBlank()) {
                throw new IllegalArgumentException(
                        "model must be the name of a model or a folder, got '" + model + "'");
            }
        }
    }

    /** Listed in META-INF/services under the name {@code mrl}. */
    public static final class Provider implements RewardProvider<Options> {

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
        public Class<Options> optionsType() {
            return Options.class;
        }

        @Override
        public Options defaults() {
            return new Options("rna-utr5-mrl");
        }

        @Override
        public Reward create(Options options, RewardContext context) {
            return reward(NAME, Optional.of(REFEREE_NAME), options, context);
        }
    }

    /** Listed in META-INF/services under the name {@code mrl-referee}. */
    public static final class RefereeProvider implements RewardProvider<Options> {

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
        public Class<Options> optionsType() {
            return Options.class;
        }

        @Override
        public Options defaults() {
            return new Options("rna-utr5-mrl-referee");
        }

        @Override
        public Reward create(Options options, RewardContext context) {
            return reward(REFEREE_NAME, Optional.empty(), options, context);
        }
    }

    private static Reward reward(
            String name, Optional<String> referee, Options options, RewardContext context) {
        Backend backend = Backend.parse(context.backend());
        return new LearnedReward(
                name,
                referee,
                ModelZoo.find(options.model()),
                backend,
                Devices.parse(context.device(), backend));
    }
}
