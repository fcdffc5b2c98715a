package dev.tiller.rewards;

import dev.tiller.rewards.composition.RewardSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
public final class Rewards implements AutoCloseable {
    /** Wraps each registered reward that is made, such as in a cache. */
    @FunctionalInterface
    public interface Decorator {
        /**
         * Wraps a reward.
         *
         * @param provider what made it
         * @param options the options it was made with
         * @param reward the reward; closed by the returned one
         * @return the reward to use in its place
         */
        Reward decorate(RewardProvider<?> provider, Map<String, ?> options, Reward reward);
    }

    private final Optional<PlugIns> plugIns;
    private final Map<String, RewardProvider<?>> providers = new TreeMap<>();
    private final Decorator decorator;

    private Rewards(Iterable<? extends RewardProvider<?>> providers, Optional<PlugIns> plugIns) {
        this(providers, plugIns, (provider, options, reward) -> reward);
    }

    private Rewards(
            Iterable<? extends RewardProvider<?>> providers,
            Optional<PlugIns> plugIns,
            Decorator decorator) {
        this.plugIns = plugIns;
        this.decorator = decorator;
        for (RewardProvider<?> provider : providers) {
            String name = provider.name();
            String owner = ownerOf(provider);
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
                                + ownerOf(other)
                                + " and "
                                + owner
                                + "; remove one of them from the class path");
            }
        }
    }

    /** The class of a provider, and the jar if that is a plug-in's. */
    private String ownerOf(RewardProvider<?> provider) {
        String place = plugIns.map(own -> own.placeOf(provider.getClass())).orElse("");
        return provider.getClass().getName() + place;
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
        return new Rewards(found, Optional.empty());
    }

    /**
     * Finds all providers on the class path, and those of plug-ins in files.
     *
     * @param plugIns jars that list providers in {@code
     *     META-INF/services/dev.tiller.rewards.RewardProvider}, and folders of jars, of which one
     *     or more must list providers and the others are libraries; may be empty
     * @return the rewards, to be closed after every reward made by them, since classes are read
     *     from the jars when they are first used
     * @throws IllegalArgumentException if a file is missing, is no jar or lists no provider, if a
     *     provider cannot be made, or if its name is taken
     */
    public static Rewards load(List<Path> plugIns) {
        if (plugIns.isEmpty()) {
            return load();
        }
        PlugIns opened = PlugIns.open(plugIns, Thread.currentThread().getContextClassLoader());
        try {
            return new Rewards(opened.providers(), Optional.of(opened));
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    /**
     * Makes a registry of the given providers.
     *
     * @param providers the providers, with different names
     * @return the rewards
     */
    public static Rewards of(Iterable<? extends RewardProvider<?>> providers) {
        return new Rewards(providers, Optional.empty());
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
        RewardProvider<?> provider = provider(name);
        return decorator.decorate(provider, options, create(provider, options, context));
    }

    /**
     * Returns the same rewards, each wrapped when it is made; also those that a composition is made
     * of.
     *
     * @param decorator wraps a reward
     * @return rewards that share the plug-ins of these and need not be closed beside them
     */
    public Rewards decoratedBy(Decorator decorator) {
        return new Rewards(providers.values(), plugIns, decorator);
    }

    /**
     * Makes a reward, or several as one.
     *
     * @param spec what a job file says
     * @param context where the reward may compute
     * @return a new reward, closed by the caller
     * @throws IllegalArgumentException if a name, a key or a value is wrong
     */
    public Reward create(RewardSpec spec, RewardContext context) {
        return spec.create(this, context);
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

    /** Closes the jars of plug-ins, so that they may be deleted; their rewards work no more. */
    @Override
    public void close() {
        plugIns.ifPresent(PlugIns::close);
    }

    /**
     * Checks that a reward reads what a model makes.
     *
     * @param reward the reward
     * @param notation how the model's designs are written
     * @param modelName the model's name, for the error
     * @throws IllegalArgumentException if the reward reads designs of another kind
     */
    public static void requireNotation(Reward reward, Notation notation, String modelName) {
        if (reward.notation() != notation) {
            throw new IllegalArgumentException(
                    "reward '"
                            + reward.name()
                            + "' must read the "
                            + notation
                            + " of model '"
                            + modelName
                            + "', got one that reads "
                            + reward.notation()
                            + "; choose another reward or another model");
        }
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
