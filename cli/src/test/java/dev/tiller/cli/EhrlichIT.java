package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.benchmark.Ehrlich;
import dev.tiller.rewards.benchmark.EhrlichOptions;
import dev.tiller.rewards.benchmark.GeneticAlgorithm;
import dev.tiller.rewards.benchmark.GeneticAlgorithm.Limits;
import dev.tiller.rewards.sequence.Fasta;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Refinement of a model that knows nothing solves Ehrlich functions; see docs/ehrlich.md. */
class EhrlichIT {
    /** The number of docs/ehrlich.md. */
    private static final long CALLS = 200_000;

    private static final int FUNCTIONS = 5;

    @TempDir private Path folder;

    /** Refines without a look at the motifs, and returns how many designs the reward scored. */
    private long callsToOptimum(EhrlichOptions options, boolean knowsTransitions, int... setting)
            throws Exception {
        Ehrlich function = new Ehrlich(options);
        Path run = folder.resolve("function-" + options.seed() + knowsTransitions);
        List<Object> line = new ArrayList<>();
        line.addAll(List.of("sample", "--quiet", "--model", "uniform", "--num", 1, "--threads", 2));
        line.addAll(List.of("--alphabet", options.alphabet(), "--length", options.length()));
        line.addAll(List.of("--reward", "ehrlich", "--method", "refine", "--until", 1));
        line.addAll(List.of("--candidates", 2, "--steps", 1, "--posterior", "mode"));
        line.addAll(List.of("--rounds", setting[0], "--letters", setting[1]));
        line.addAll(List.of("--lineages", setting[2], "--out", run));
        for (String option :
                List.of(
                        "states=" + options.states(),
                        "length=" + options.length(),
                        "motifs=" + options.motifs(),
                        "motifLength=" + options.motifLength(),
                        "quantization=" + options.quantization(),
                        "seed=" + options.seed())) {
            line.addAll(List.of("--reward-option", option));
        }
        if (knowsTransitions) {
            String forbidden = String.join(",", function.forbiddenTransitions());
            line.addAll(List.of("--constraint", "forbid=" + forbidden));
        } else {
            Path start = folder.resolve("start-" + options.seed() + ".fasta");
            Files.writeString(start, ">start\n" + function.sample(0) + "\n");
            line.addAll(List.of("--seed-sequences", start));
        }
        CommandLineRun result = CommandLineRun.of(line.toArray());
        assertEquals(0, result.exitCode(), result.err());
        String design =
                Fasta.read(run.resolve("designs.fasta"), options.alphabet()).get(0).sequence();
        double reward = function.score(new Designs(List.of(design)))[0];
        assertEquals(1.0, reward, () -> "function " + options.seed() + ": " + design);
        JsonNode manifest = new ObjectMapper().readTree(run.resolve("manifest.json").toFile());
        return manifest.get("reward_rows").asLong();
    }

    private static EhrlichOptions small(long seed) {
        return new EhrlichOptions(8, 12, 2, 3, 3, 0, 0, EhrlichOptions.LETTERS, seed);
    }

    @Test
    void solvesSmallFunctionWithAndWithoutItsTransitions() throws Exception {
        assertTrue(callsToOptimum(small(1), true, 500, 2, 4) <= 4_001);
        assertTrue(callsToOptimum(small(1), false, 500, 1, 4) <= 4_001);
    }

    @Test
    @Tag("slow")
    void solvesHoloFunctionsWhereGeneticAlgorithmDoesNot() throws Exception {
        double[] bred = new double[FUNCTIONS];
        for (int seed = 0; seed < FUNCTIONS; seed++) {
            EhrlichOptions options =
                    new EhrlichOptions(32, 32, 4, 4, 4, 0, 0, EhrlichOptions.LETTERS, seed);
            long calls = callsToOptimum(options, true, 12_000, 3, 8);
            assertTrue(calls <= CALLS, "function " + seed + ": " + calls);
            bred[seed] = bestOfGeneticAlgorithm(seed);
            System.err.printf(
                    "function %d: refine 1.0 in %,d calls, genetic algorithm %.4f in %,d%n",
                    seed, calls, bred[seed], CALLS);
        }
        double mean = Arrays.stream(bred).average().orElseThrow();
        assertTrue(mean < 1, "genetic algorithm " + Arrays.toString(bred));
    }

    /** As in holo-bench: from one feasible design, and infeasible ones below all others. */
    private static double bestOfGeneticAlgorithm(long seed) {
        Ehrlich function =
                new Ehrlich(
                        new EhrlichOptions(32, 32, 4, 4, 4, 0, -1, EhrlichOptions.LETTERS, seed));
        return new GeneticAlgorithm(GeneticAlgorithm.Options.defaults(32, 0))
                .run(
                        function,
                        function.letters(),
                        List.of(function.sample(0)),
                        new Limits(CALLS, 1))
                .best()
                .score();
    }

    @Test
    @Tag("slow")
    void solvesItsRecipe() throws Exception {
        Path recipe = Path.of("..", "recipes", "sampling", "ehrlich.yaml");
        Path run = folder.resolve("recipe");
        CommandLineRun result =
                CommandLineRun.of("sample", "--quiet", "--job", recipe, "--out", run);
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(
                Files.readString(run.resolve("designs.fasta")).contains("reward=1.0000"),
                result.out());
    }
}
