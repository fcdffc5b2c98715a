package dev.tiller.rewards.benchmark;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The genetic algorithm that Ehrlich functions were published with (Stanton et al. 2024, arXiv
 * 2407.00236), as a baseline at equal numbers of reward calls.
 *
 * <p>A generation scores the whole population. Designs survive whose score reaches the quantile of
 * {@link Options#survival}. The others are replaced by children of two survivors drawn with
 * replacement: each letter is that of the first parent with probability {@link
 * Options#recombination}, else that of the second. Then each letter of every design, survivors
 * included, is replaced with probability {@link Options#mutation} by a letter drawn from the whole
 * alphabet. Nothing is kept from generation to generation but the best design so far, which does
 * not breed.
 *
 * <p>Every scored design counts as a call, equal ones too. A run is fixed by its arguments. Works
 * on any reward and alphabet. Immutable, hence safe for concurrent use if the reward is.
 */
public final class GeneticAlgorithm {
    private final Options options;

    /**
     * Makes the algorithm.
     *
     * @param options its parameters
     */
    public GeneticAlgorithm(Options options) {
        this.options = Objects.requireNonNull(options, "options");
    }

    /**
     * Looks for the design with the highest score.
     *
     * @param reward what to maximise
     * @param alphabet the letters of designs
     * @param initial at least one design, all of one length; repeated in turn until the population
     *     is full
     * @param limits when to stop
     * @return the best design and the way to it
     */
    public Result run(Reward reward, String alphabet, List<String> initial, Limits limits) {
        requireInitial(alphabet, initial);
        Draws draws = new Draws(options.seed());
        char[][] population = new char[options.population()][];
        for (int n = 0; n < population.length; n++) {
            population[n] = initial.get(n % initial.size()).toCharArray();
        }
        List<Improvement> improvements = new ArrayList<>();
        double best = Double.NEGATIVE_INFINITY;
        long calls = 0;
        while (true) {
            int count = (int) Math.min(population.length, limits.calls() - calls);
            double[] scores = score(reward, population, count);
            for (int n = 0; n < count; n++) {
                if (scores[n] > best) {
                    best = scores[n];
                    improvements.add(
                            new Improvement(calls + n + 1, best, new String(population[n])));
                }
            }
            calls += count;
            if (best >= limits.target() || calls >= limits.calls()) {
                return new Result(improvements, calls);
            }
            breed(population, scores, draws);
            mutate(population, alphabet, draws);
        }
    }

    private static void requireInitial(String alphabet, List<String> initial) {
        if (alphabet.isEmpty() || initial.isEmpty()) {
            throw new IllegalArgumentException(
                    "alphabet and initial designs must not be empty, got "
                            + alphabet.length()
                            + " letters and "
                            + initial.size()
                            + " designs");
        }
        int length = initial.get(0).length();
        if (length == 0 || initial.stream().anyMatch(design -> design.length() != length)) {
            throw new IllegalArgumentException(
                    "initial designs must have one length above 0, got "
                            + initial.stream().map(String::length).distinct().toList());
        }
    }

    private static double[] score(Reward reward, char[][] population, int count) {
        List<String> sequences = Arrays.stream(population).limit(count).map(String::new).toList();
        return reward.score(new Designs(sequences));
    }

    private void breed(char[][] population, double[] scores, Draws draws) {
        double threshold = threshold(scores);
        List<char[]> survivors = new ArrayList<>();
        for (int n = 0; n < population.length; n++) {
            if (scores[n] >= threshold) {
                survivors.add(population[n].clone());
            }
        }
        for (int n = 0; n < population.length; n++) {
            if (scores[n] < threshold) {
                char[] first = survivors.get(draws.below(survivors.size()));
                char[] second = survivors.get(draws.below(survivors.size()));
                for (int i = 0; i < population[n].length; i++) {
                    boolean fromFirst = draws.uniform() < options.recombination();
                    population[n][i] = fromFirst ? first[i] : second[i];
                }
            }
        }
    }

    /** Returns the score that the share {@code survival} of all designs reaches, interpolated. */
    private double threshold(double[] scores) {
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        double place = (1 - options.survival()) * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        double share = place - below;
        return share == 0 ? sorted[below] : sorted[below] * (1 - share) + sorted[above] * share;
    }

    private void mutate(char[][] population, String alphabet, Draws draws) {
        for (char[] design : population) {
            for (int i = 0; i < design.length; i++) {
                if (draws.uniform() < options.mutation()) {
                    design[i] = alphabet.charAt(draws.below(alphabet.length()));
                }
            }
        }
    }

    /**
     * The parameters.
     *
     * @param population designs of a generation, at least 2
     * @param survival the share of designs that survive, in (0, 1); at least 2 designs
     * @param mutation the probability that a letter is drawn anew, in (0, 1)
     * @param recombination the probability that a letter of a child is that of its first parent, in
     *     [0, 1)
     * @param seed the only source of randomness
     */
    public record Options(
            int population, double survival, double mutation, double recombination, long seed) {

        /** Checks the numbers. */
        public Options {
            if (population < 2) {
                throw new IllegalArgumentException(
                        "population must be at least 2, got " + population);
            }
            if (!(survival > 0 && survival < 1 && survival * population >= 2)) {
                throw new IllegalArgumentException(
                        "survival must be in (0, 1) and leave 2 designs of "
                                + population
                                + ", got "
                                + survival);
            }
            if (!(mutation > 0 && mutation < 1 && recombination >= 0 && recombination < 1)) {
                throw new IllegalArgumentException(
                        "mutation must be in (0, 1) and recombination in [0, 1), got "
                                + mutation
                                + " and "
                                + recombination);
            }
        }

        /**
         * Returns the settings of holo-bench's own example.
         *
         * @param length letters of a design, at least 2
         * @param seed the only source of randomness
         * @return a population of 1024, of which 1 % survive, and probabilities of 1/length
         */
        public static Options defaults(int length, long seed) {
            return new Options(1024, 0.01, 1.0 / length, 1.0 / length, seed);
        }
    }

    /**
     * When to stop.
     *
     * @param calls the greatest number of designs to score, at least 1
     * @param target the score to stop at, at the end of the generation that reaches it
     */
    public record Limits(long calls, double target) {

        /** Checks the numbers. */
        public Limits {
            if (calls < 1 || Double.isNaN(target)) {
                throw new IllegalArgumentException(
                        "calls must be at least 1 and target a number, got "
                                + calls
                                + " and "
                                + target);
            }
        }
    }

    /**
     * A design better than all before it.
     *
     * @param call which reward call found it, from 1
     * @param score its score
     * @param design the design
     */
    public record Improvement(long call, double score, String design) {}

    /**
     * What a run found.
     *
     * @param improvements in order; the last is the best design
     * @param calls how many designs were scored
     */
    public record Result(List<Improvement> improvements, long calls) {

        /** Copies the list. */
        public Result {
            improvements = List.copyOf(improvements);
        }

        /**
         * Returns the best design.
         *
         * @return the last improvement
         */
        public Improvement best() {
            return improvements.get(improvements.size() - 1);
        }
    }
}
