package dev.tiller.rewards;

import java.util.function.Function;

/** Providers and rewards for tests of the registry. */
public final class TestProviders {

    private TestProviders() {}

    /** Has no options. */
    public record NoOptions() {}

    /** Scores the length of a design. */
    record Length(String name, String letters) implements Reward {
        @Override
        public double[] score(Designs designs) {
            return designs.sequences().stream().mapToDouble(String::length).toArray();
        }
    }

    static <O extends Record> RewardProvider<O> provider(String name, Class<O> type, O defaults) {
        return new Simple<>(name, type, defaults, options -> new Length(name, "ACGT"));
    }

    static RewardProvider<NoOptions> named(String name) {
        return provider(name, NoOptions.class, new NoOptions());
    }

    private record Simple<O extends Record>(
            String name, Class<O> optionsType, O defaults, Function<O, Reward> factory)
            implements RewardProvider<O> {
        @Override
        public String description() {
            return "A test.";
        }

        @Override
        public Reward create(O options, RewardContext context) {
            return factory.apply(options);
        }
    }

    /** Found by the service loader, in tests that list it. */
    public static final class Discovered implements RewardProvider<NoOptions> {
        @Override
        public String name() {
            return "discovered";
        }

        @Override
        public String description() {
            return "A test.";
        }

        @Override
        public Class<NoOptions> optionsType() {
            return NoOptions.class;
        }

        @Override
        public NoOptions defaults() {
            return new NoOptions();
        }

        @Override
        public Reward create(NoOptions options, RewardContext context) {
            return new Length("discovered", context.device());
        }
    }
}
