package dev.tiller.rewards;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * The rewards that can be chosen by name. Immutable, hence safe for concurrent use.
 *
 * <p>Options come as a map, from a configuration file or a command line, and are put over {@link
 * RewardProvider#defaults()}. Text is accepted for numbers ({@code "0.4"}), for truth values, for
 * enum constants in kebab case, and for lists, separated by commas. Anything else of the wrong type
 * is an error, and so is an unknown key.
 */
public final class Rewards {
    private final Map<String, RewardProvider<?>> providers = new TreeMap<>();

    private Rewards(Iterable<? extends RewardProvider<?>> providers) {
        for (RewardProvider<?> provider : providers) {
            String name = provider.name();
            String owner = provider.getClass().getName();
            if (!Spelling.isKebabCase(name)) {
                throw new IllegalArgumentException(
                        "name of "
                                + owner
                                + " must be kebab case, got "
                                + name
                                + "; write for example gc-content");
            }
            RewardProvider<?> other = this.providers.putIfAbsent(name, provider);
            if (other != null) {
                throw new IllegalArgumentException(
                        "name of a reward must be unique, got '"
                                + name
                                + "' from both "
                                + other.getClass().getName()
                                + " and "
                                + owner
                                + "; remove one of them from the class path");
            }
        }
    }

    /**
     * Finds all providers on the class path.
     *
     * @return the rewards that the context class loader of this thread sees
     */
    public static Rewards load() {
        return load(Thread.currentThread().getContextClassLoader());
    }

    /**
     * Finds all providers that a class loader sees.
     *
     * @param loader the class loader, or null for that of the system
     * @return the rewards
     * @throws IllegalStateException if a provider is listed but cannot be made
     */
    public static Rewards load(ClassLoader loader) {
        List<RewardProvider<?>> found = new ArrayList<>();
        try {
            for (RewardProvider<?> provider : ServiceLoader.load(RewardProvider.class, loader)) {
                found.add(provider);
            }
        } catch (ServiceConfigurationError e) {
            throw new IllegalStateException(
                    "a reward plug-in cannot be loaded; mend it or take it off the class path: "
                            + e.getMessage(),
                    e);
        }
        return new Rewards(found);
    }

    /**
     * Makes a registry of the given providers.
     *
     * @param providers the providers, with different names
     * @return the rewards
     */
    public static Rewards of(Iterable<? extends RewardProvider<?>> providers) {
        return new Rewards(providers);
    }

    /**
     * Lists the names of all rewards.
     *
     * @return the names, sorted
     */
    public List<String> names() {
        return List.copyOf(providers.keySet());
    }

    /**
     * Returns the provider of a reward.
     *
     * @param name the name of the reward
     * @return its provider
     * @throws IllegalArgumentException if there is none; the text lists the known names
     */
    public RewardProvider<?> provider(String name) {
        RewardProvider<?> provider = providers.get(Objects.requireNonNull(name, "name"));
        if (provider == null) {
            String known =
                    providers.isEmpty()
                            ? "no reward is on the class path"
                            : "known rewards: " + String.join(", ", providers.keySet());
            throw new IllegalArgumentException(
                    "unknown reward '"
                            + name
                            + "'; "
                            + known
                            + Spelling.suggestion(name, providers.keySet()));
        }
        return provider;
    }

    /**
     * Makes a reward.
     *
     * @param name the name of the reward
     * @param options values by option name; those left out keep their defaults
     * @param context where the reward may compute
     * @return a new reward, closed by the caller
     * @throws IllegalArgumentException if the name, a key or a value is wrong
     */
    public Reward create(String name, Map<String, ?> options, RewardContext context) {
        return create(provider(name), options, context);
    }

    private static <O extends Record> Reward create(
            RewardProvider<O> provider, Map<String, ?> options, RewardContext context) {
        Objects.requireNonNull(context, "context");
        return provider.create(new OptionBinder<>(provider).bind(options), context);
    }

    /**
     * Lists the options of a reward.
     *
     * @param name the name of the reward
     * @return its options, in the order of its options record
     */
    public List<RewardOption> describe(String name) {
        return new OptionBinder<>(provider(name)).describe();
    }

    /**
     * Checks that a reward can read every design that a model can write.
     *
     * @param reward the reward
     * @param modelAlphabet all letters of the model, without its mask
     * @param modelName the model's name, for the error
     * @throws IllegalArgumentException if the model has letters that the reward cannot read
     */
    public static void requireReadable(Reward reward, String modelAlphabet, String modelName) {
        StringBuilder unreadable = new StringBuilder();
        modelAlphabet
                .codePoints()
                .distinct()
                .filter(letter -> reward.letters().indexOf(letter) < 0)
                .forEach(unreadable::appendCodePoint);
        if (!unreadable.isEmpty()) {
            throw new IllegalArgumentException(
                    "reward '"
                            + reward.name()
                            + "' must read every letter of model '"
                            + modelName
                            + "' ("
                            + modelAlphabet
                            + "), got one that reads "
                            + reward.letters()
                            + " and not "
                            + unreadable
                            + "; choose another reward or another model");
        }
    }
}
