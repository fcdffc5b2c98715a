package dev.tiller.rewards.composition;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.Rewards;
import dev.tiller.rewards.ScoredGradient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** A registry of rewards that remember what was asked of them. */
final class TestRewards {
    static final String LETTERS = "ACGT";

    /** Designs scored, in order, by all rewards made. */
    final List<String> calls = new ArrayList<>();

    /** Names of the rewards that were closed. */
    final List<String> closed = new ArrayList<>();

    private final List<RewardProvider<?>> providers = new ArrayList<>();

    /** A record without components. */
    record None() {}

    private record Provider(String name, Function<String, Reward> factory)
            implements RewardProvider<None> {
        @Override
        public String description() {
            return "A test.";
        }

        @Override
        public Class<None> optionsType() {
            return None.class;
        }

        @Override
        public None defaults() {
            return new None();
        }

        @Override
        public Reward create(None options, RewardContext context) {
            return factory.apply(name);
        }
    }

    /** A reward on text. */
    private final class Simple implements Reward {
        private final String name;
        private final String letters;
        private final Optional<String> referee;
        private final ToDoubleFunction<String> score;

        Simple(
                String name,
                String letters,
                Optional<String> referee,
                ToDoubleFunction<String> score) {
            this.name = name;
            this.letters = letters;
            this.referee = referee;
            this.score = score;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String letters() {
            return letters;
        }

        @Override
        public Optional<String> referee() {
            return referee;
        }

        @Override
        public double[] score(Designs designs) {
            designs.sequences().forEach(design -> calls.add(name + " " + design));
            return designs.sequences().stream().mapToDouble(score).toArray();
        }

        @Override
        public void close() {
            closed.add(name);
        }
    }

    /** offset + sum_i c_i x_i with c_i = amplitude sin(i + phase). */
    record Wave(String name, double offset, double amplitude, double phase)
            implements DifferentiableReward {
        @Override
        public String letters() {
            return LETTERS;
        }

        double coefficient(int i) {
            return amplitude * Math.sin(i + phase);
        }

        @Override
        public double[] score(Designs designs) {
            return designs.sequences().stream()
                    .mapToDouble(
                            design -> {
                                double sum = offset;
                                for (int l = 0; l < design.length(); l++) {
                                    int letter = LETTERS.indexOf(design.charAt(l));
                                    sum += coefficient(l * LETTERS.length() + letter);
                                }
                                return sum;
                            })
                    .toArray();
        }

        @Override
        public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
            return designs.rows().stream()
                    .map(
                            row -> {
                                double sum = offset;
                                float[] gradient = new float[row.length];
                                for (int i = 0; i < row.length; i++) {
                                    sum += coefficient(i) * row[i];
                                    gradient[i] = (float) coefficient(i);
                                }
                                return new ScoredGradient(sum, gradient);
                            })
                    .toList();
        }
    }

    TestRewards add(String name, ToDoubleFunction<String> score) {
        return add(name, LETTERS, Optional.empty(), score);
    }

    TestRewards add(
            String name, String letters, Optional<String> referee, ToDoubleFunction<String> score) {
        providers.add(new Provider(name, own -> new Simple(own, letters, referee, score)));
        return this;
    }

    TestRewards wave(String name, double offset, double amplitude, double phase) {
        providers.add(new Provider(name, own -> new Wave(own, offset, amplitude, phase)));
        return this;
    }

    /** Counts of the letters a, c, g and t, under these names. */
    static TestRewards counts() {
        TestRewards rewards = new TestRewards();
        for (char letter : LETTERS.toCharArray()) {
            rewards.add(
                    String.valueOf(Character.toLowerCase(letter)),
                    design -> design.chars().filter(own -> own == letter).count());
        }
        return rewards;
    }

    Rewards registry() {
        return Rewards.of(providers);
    }

    Reward create(Object yaml) {
        return registry().create(RewardSpec.of(yaml), RewardContext.cpu());
    }
}
