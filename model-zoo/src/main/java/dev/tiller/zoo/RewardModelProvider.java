package dev.tiller.zoo;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import java.util.Optional;

/** Registers a learned reward whose network is a built-in model, unless another one is named. */
abstract class RewardModelProvider implements RewardProvider<RewardModel> {
    private final String name;
    private final String description;
    private final String model;
    private final Optional<String> referee;

    /**
     * Describes the reward.
     *
     * @param name the name under which it is registered
     * @param description one line
     * @param model the built-in model
     * @param referee the name of the reward that checks it, or empty
     */
    RewardModelProvider(String name, String description, String model, Optional<String> referee) {
        this.name = name;
        this.description = description;
        this.model = model;
        this.referee = referee;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String description() {
        return description;
    }

    @Override
    public final Class<RewardModel> optionsType() {
        return RewardModel.class;
    }

    @Override
    public final RewardModel defaults() {
        return new RewardModel(model);
    }

    @Override
    public final Reward create(RewardModel options, RewardContext context) {
        return options.load(name, referee, context);
    }
}
