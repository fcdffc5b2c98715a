package dev.tiller.zoo;

import ai.djl.Device;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import java.util.Optional;

/** A reward model of the zoo or in a folder, such as {@code tiller train} writes one. */
public final class ModelReward {
    private static final String NAME = "model";

    private ModelReward() {}

    /**
     * Which model scores.
     *
     * @param path the name of a model of kind reward, or a folder that holds one; there is no
     *     default
     */
    public record Options(String path) {}

    /** Listed in META-INF/services under the name {@code model}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "What a reward model predicts: a model of the zoo, or a folder (any alphabet).";
        }

        @Override
        public Class<Options> optionsType() {
            return Options.class;
        }

        @Override
        public Options defaults() {
            return new Options(null);
        }

        @Override
        public Reward create(Options options, RewardContext context) {
            if (options.path() == null || options.path().isBlank()) {
                throw new IllegalArgumentException(
                        "option 'path' of reward 'model' must be the name of a model or a folder,"
                                + " got none");
            }
            Backend backend = Backend.parse(context.backend());
            ModelDirectory model = ModelZoo.find(options.path());
            Device device = Devices.parse(context.device(), backend);
            Optional<String> none = Optional.empty();
            return ProteinNetwork.isProtein(model.config())
                    ? new StabilityReward(NAME, none, model, backend, device, Optional.empty())
                    : new LearnedReward(NAME, none, model, backend, device);
        }
    }
}
