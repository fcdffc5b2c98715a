package dev.tiller.rewards.protein.property;

import dev.tiller.rewards.NumberForm;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** Makes rewards of one number that an amino-acid sequence has. */
public abstract class PropertyProvider implements RewardProvider<PropertyOptions> {
    private final String name;
    private final String description;
    private final ToDoubleFunction<String> property;
    private final PropertyOptions defaults;

    /**
     * Says what the number is.
     *
     * @param name the name of the reward
     * @param description one sentence for listings
     * @param property gives the number
     * @param form how the number makes the score unless the user says otherwise
     */
    protected PropertyProvider(
            String name, String description, ToDoubleFunction<String> property, NumberForm form) {
        this.name = Objects.requireNonNull(name, "name");
        this.description = Objects.requireNonNull(description, "description");
        this.property = Objects.requireNonNull(property, "property");
        this.defaults = new PropertyOptions(form, 0);
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
    public final Class<PropertyOptions> optionsType() {
        return PropertyOptions.class;
    }

    @Override
    public final PropertyOptions defaults() {
        return defaults;
    }

    @Override
    public final Reward create(PropertyOptions options, RewardContext context) {
        return new ProteinReward(name, property, options);
    }
}
