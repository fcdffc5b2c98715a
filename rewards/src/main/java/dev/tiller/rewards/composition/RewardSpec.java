package dev.tiller.rewards.composition;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import java.util.Map;

/**
 * What a job file says of its reward: a registered one, or a composition of several. The package
 * description shows the form. Equal specifications have equal {@link #toMap()} and {@link
 * #identity()}.
 */
public sealed interface RewardSpec permits NamedReward, Composition {

    /**
     * Reads a specification from the plain values that a YAML or JSON reader makes.
     *
     * @param value the name of a reward; a map with {@code reward} (or {@code name}) and {@code
     *     options}; or a map with {@code components}
     * @return the specification
     * @throws IllegalArgumentException if a key or a value is wrong; the text says where. Names of
     *     rewards and their options are checked by {@link #create}
     */
    static RewardSpec of(Object value) {
        return SpecReader.read(value);
    }

    /**
     * Makes the reward.
     *
     * @param rewards the registered rewards
     * @param context where it may compute
     * @return a new reward, closed by the caller
     * @throws IllegalArgumentException if a reward is unknown or one of its options is wrong
     */
    Reward create(Rewards rewards, RewardContext context);

    /**
     * Returns the resolved form, for the record of a run.
     *
     * @return what {@link #of} reads into an equal specification: maps, lists, text, numbers and
     *     truth values, in a fixed order, with every default written out
     */
    Map<String, Object> toMap();

    /**
     * Returns the resolved form as one line of JSON.
     *
     * @return a text that is equal for equal specifications and no others
     */
    default String identity() {
        return SpecReader.json(toMap());
    }
}
