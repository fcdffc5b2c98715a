package dev.tiller.rewards;

/**
 * Makes a reward from its options. Providers are listed in {@code
 * META-INF/services/dev.tiller.rewards.RewardProvider} and need a public constructor without
 * parameters.
 *
 * @param <O> the record that holds the options; configuration keys are the names of its components
 */
public interface RewardProvider<O extends Record> {

    /**
     * Returns the name by which users choose the reward.
     *
     * @return the name, in kebab case, unique among all providers
     */
    String name();

    /**
     * Says what the reward measures.
     *
     * @return one sentence for listings
     */
    String description();

    /**
     * Returns the class of the options.
     *
     * @return the record class, whose compact constructor validates
     */
    Class<O> optionsType();

    /**
     * Returns the options that hold where the user gives none.
     *
     * @return valid options
     */
    O defaults();

    /**
     * Makes the reward.
     *
     * @param options the options, already validated
     * @param context where the reward may compute
     * @return a new reward, closed by the caller
     */
    Reward create(O options, RewardContext context);
}
