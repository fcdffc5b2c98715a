package dev.tiller.rewards.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.benchmark.GeneticAlgorithm.Improvement;
import dev.tiller.rewards.benchmark.GeneticAlgorithm.Limits;
import dev.tiller.rewards.benchmark.GeneticAlgorithm.Options;
import dev.tiller.rewards.benchmark.GeneticAlgorithm.Result;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GeneticAlgorithmTest {
    private static final Options SMALL = new Options(40, 0.2, 0.05, 0.5, 3);

    @Test
    void solvesAdditiveReward() {
        Recorder reward = new Recorder();
        Result result =
                new GeneticAlgorithm(SMALL)
                        .run(reward, "ACGT", List.of("C".repeat(12)), new Limits(20_000, 12));
        assertEquals(new Improvement(result.best().call(), 12, "A".repeat(12)), result.best());
        assertTrue(result.calls() < 20_000);
    }

    @Test
    void solvesSmallEhrlichFunction() {
        Ehrlich reward =
                new Ehrlich(new EhrlichOptions(4, 8, 2, 2, 2, 0, -1, EhrlichOptions.LETTERS, 1));
        Result result =
                new GeneticAlgorithm(SMALL)
                        .run(
                                reward,
                                reward.letters(),
                                List.of(reward.sample(0)),
                                new Limits(20_000, 1));
        assertEquals(1, result.best().score());
        assertTrue(reward.isFeasible(result.best().design()));
    }

    @Test
    void countsEachScoredDesign() {
        Recorder reward = new Recorder();
        Result result =
                new GeneticAlgorithm(SMALL)
                        .run(reward, "ACGT", List.of("CCCCCC"), new Limits(100, 7));
        assertEquals(100, result.calls());
        assertEquals(100, reward.seen.size());
        double best = -1;
        for (Improvement step : result.improvements()) {
            String design = reward.seen.get((int) step.call() - 1);
            assertEquals(design, step.design());
            assertTrue(step.score() > best);
            best = step.score();
        }
        double greatest = reward.seen.stream().mapToDouble(Recorder::count).max().orElseThrow();
        assertEquals(greatest, result.best().score());
    }

    @Test
    void beginsWithInitialDesignsInTurn() {
        Recorder reward = new Recorder();
        new GeneticAlgorithm(SMALL).run(reward, "ACGT", List.of("CC", "GG", "TT"), limits(40));
        assertEquals(List.of("CC", "GG", "TT", "CC"), reward.seen.subList(0, 4));
        assertEquals("CC", reward.seen.get(39));
    }

    @Test
    void breedsFromBestDesigns() {
        // almost without mutation, and 2 of 10 designs survive: children mix these two alone
        Recorder reward = new Recorder();
        List<String> initial = new ArrayList<>(List.of("AACC", "CCAA"));
        for (int n = 0; n < 8; n++) {
            initial.add("GGGG");
        }
        Options options = new Options(10, 0.2, 1e-9, 0.5, 1);
        new GeneticAlgorithm(options).run(reward, "ACGT", initial, limits(20));
        List<String> second = reward.seen.subList(10, 20);
        assertEquals(List.of("AACC", "CCAA"), second.subList(0, 2));
        assertTrue(second.stream().noneMatch(design -> design.contains("G")), second::toString);
        assertTrue(second.stream().distinct().count() > 2, second::toString);
    }

    @Test
    void isFixedBySeed() {
        Limits limits = new Limits(1_000, 100);
        List<String> initial = List.of("CCCCCCCCCCCC");
        GeneticAlgorithm first = new GeneticAlgorithm(SMALL);
        Result result = first.run(new Recorder(), "ACGT", initial, limits);
        assertEquals(result, first.run(new Recorder(), "ACGT", initial, limits));
        Options other = new Options(40, 0.2, 0.05, 0.5, 4);
        assertNotEquals(
                result, new GeneticAlgorithm(other).run(new Recorder(), "ACGT", initial, limits));
    }

    @Test
    void rejectsUnequalOrMissingDesigns() {
        assertEquals(
                "initial designs must have one length above 0, got [2, 1]",
                failure("AC", List.of("AC", "A")));
        assertEquals(
                "alphabet and initial designs must not be empty, got 2 letters and 0 designs",
                failure("AC", List.of()));
        assertEquals(
                "alphabet and initial designs must not be empty, got 0 letters and 1 designs",
                failure("", List.of("A")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1,0.5,0.1,0.1 | population must be at least 2, got 1",
                "10,0.1,0.1,0.1 | survival must be in (0, 1) and leave 2 designs of 10, got 0.1",
                "10,1,0.1,0.1 | survival must be in (0, 1) and leave 2 designs of 10, got 1.0",
                "10,0.5,0,0.1 | mutation must be in (0, 1) and recombination in [0, 1), got 0.0 and"
                        + " 0.1",
                "10,0.5,0.1,1 | mutation must be in (0, 1) and recombination in [0, 1), got 0.1 and"
                        + " 1.0",
            })
    void rejectsBadOptions(String options, String expected) {
        String[] o = options.split(",");
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new Options(
                                        Integer.parseInt(o[0]),
                                        Double.parseDouble(o[1]),
                                        Double.parseDouble(o[2]),
                                        Double.parseDouble(o[3]),
                                        0));
        assertEquals(expected, e.getMessage());
    }

    @Test
    void rejectsBadLimits() {
        assertEquals(
                "calls must be at least 1 and target a number, got 0 and 1.0",
                assertThrows(IllegalArgumentException.class, () -> new Limits(0, 1)).getMessage());
    }

    private static Limits limits(long calls) {
        return new Limits(calls, Double.POSITIVE_INFINITY);
    }

    private static String failure(String alphabet, List<String> initial) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new GeneticAlgorithm(SMALL)
                                        .run(new Recorder(), alphabet, initial, limits(10)))
                .getMessage();
    }

    /** Counts the letter A and remembers what it was asked. */
    private static final class Recorder implements Reward {
        private final List<String> seen = new ArrayList<>();

        @Override
        public String name() {
            return "recorder";
        }

        @Override
        public String letters() {
            return "ACGT";
        }

        @Override
        public double[] score(Designs designs) {
            seen.addAll(designs.sequences());
            return designs.sequences().stream().mapToDouble(Recorder::count).toArray();
        }

        static double count(String design) {
            return design.chars().filter(letter -> letter == 'A').count();
        }
    }
}
