package dev.tiller.zoo;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import java.util.Optional;

/**
 * Which network a learned reward is: the options of {@code mrl}, {@code yeast-expression} and their
 * like.
 *
 * @param model the name of a built-in model of kind reward, or a folder that holds one
 */
public record RewardModel(String model) {

    /** Checks that a model is named. */
    public RewardModel {
        if (model == null || model.isBlank()) {
            throw new IllegalArgumentException(
                    "model must be the name of a model or a folder, got '" + model + "'");
        }
    }

    Reward load(String name, Optional<String> referee, RewardContext context) {
        Backend backend = Backend.parse(context.backend());
        return new LearnedReward(
                name,
                referee,
                ModelZoo.find(model),
                backend,
                Devices.parse(context.device(), backend));
    }
}
