package dev.tiller.finetune.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepTest {
    private static final String JOB =
            """
            name: x
            objective: regression
            out: runs/y
            training:
              max_steps: 3
            """;

    @TempDir private Path folder;

    private List<TrainingJob> jobs(String sweep, String... overrides) throws IOException {
        Path file = Files.writeString(folder.resolve("job.yaml"), JOB + sweep);
        return JobFile.readAll(file, List.of(overrides));
    }

    private String refusal(String sweep, String... overrides) {
        return assertThrows(IllegalArgumentException.class, () -> jobs(sweep, overrides))
                .getMessage()
                .replace(folder.resolve("job.yaml").toString(), "FILE");
    }

    private static List<String> names(List<TrainingJob> jobs) {
        return jobs.stream().map(TrainingJob::name).toList();
    }

    @Test
    void makesAJobForEachCombination() throws IOException {
        List<TrainingJob> jobs =
                jobs("sweep: {training.learning_rate: [0.1, 0.01], seed: [1, 2, 3]}");
        assertEquals(
                List.of(
                        "x-learning_rate=0.1-seed=1",
                        "x-learning_rate=0.1-seed=2",
                        "x-learning_rate=0.1-seed=3",
                        "x-learning_rate=0.01-seed=1",
                        "x-learning_rate=0.01-seed=2",
                        "x-learning_rate=0.01-seed=3"),
                names(jobs));
        TrainingJob fifth = jobs.get(4);
        assertEquals("runs/y-learning_rate=0.01-seed=2", fifth.out());
        assertEquals(0.01, fifth.training().learningRate());
        assertEquals(2, fifth.seed());
        assertEquals(3, fifth.training().maxSteps());
        assertEquals(List.of("x"), names(jobs("")));
    }

    @Test
    void suffixesAreDifferentAndSafe() throws IOException {
        List<TrainingJob> jobs =
                jobs(
                        "sweep: {data.table: [../A b.tsv, ../a*b.tsv], card.sources: [[a], [b],"
                                + " null], training.temperature: [1e-9], data.steps: [1],"
                                + " backpropagation.steps: [2]}");
        assertEquals(6, new HashSet<>(names(jobs)).size(), names(jobs).toString());
        assertEquals(
                "x-table=..-a-b.tsv-sources=value1-temperature=1.0e-9-data.steps=1"
                        + "-backpropagation.steps=2",
                jobs.get(0).name());
        assertEquals(jobs.get(0).name() + "-2", jobs.get(3).name());
        for (String name : names(jobs)) {
            assertTrue(name.matches("[a-z0-9][a-z0-9._=+-]*"), name);
        }
        assertTrue(jobs.get(2).name().contains("sources=default"), jobs.get(2).name());
    }

    @Test
    void settingsComeFirst() throws IOException {
        List<TrainingJob> jobs =
                jobs("sweep: {seed: [1, 2]}", "training.max_steps=7", "name=z", "out=");
        assertEquals(List.of("z-seed=1", "z-seed=2"), names(jobs));
        assertEquals(7, jobs.get(1).training().maxSteps());
        assertEquals(null, jobs.get(1).out());
        assertEquals(List.of("x"), names(jobs("sweep: {seed: [1, 2]}", "sweep=")));
        assertEquals(
                List.of("x-seed=4", "x-seed=5"),
                names(jobs("sweep: {seed: [1, 2]}", "sweep={seed: [4, 5]}")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    sweep: 3                               | FILE:6: sweep must map path.to.key to a list of values, got '3'
                    sweep: {}                              | FILE:6: sweep must map path.to.key to a list of values, got a group of keys
                    sweep: {seed: 3}                       | FILE:6: sweep.seed must be a list of values, got '3'
                    sweep: {seed: []}                      | FILE:6: sweep.seed must be a list of values, got a list
                    sweep: {training: {seed: [1]}}         | FILE:6: sweep.training must be a list of values, got a group of keys
                    sweep: {name: [a, b]}                  | FILE:6: sweep must not have the key name; name and out get a suffix for each job by themselves
                    sweep: {a..b: [1]}                     | FILE:6: sweep must have keys path.to.key, got 'a..b'
                    sweep: {training: [1], training.x: [2]}| FILE:6: sweep must not set one key twice, got training and training.x
                    sweep: {training.max_steps: [many]}    | FILE:6: training.max_steps must be a whole number, got 'many'
                    sweep: {name.x: [1]}                   | sweep.name.x: 'name' must be a group of keys, got 'x'; set it as a whole
                    """)
    void namesWhatIsWrong(String sweep, String error) {
        assertEquals(error, refusal(sweep));
    }

    @Test
    void namesTheNearestKeyAndTheLine() {
        String error = refusal("sweep:\n  seed: [1]\n  training.max_stps: [1]\n");
        assertTrue(error.startsWith("FILE:8: unknown key 'max_stps'; known keys: "), error);
        assertTrue(error.endsWith("(did you mean 'max_steps'?)"), error);
        String misspelt = refusal("swep: {seed: [1]}");
        assertTrue(misspelt.startsWith("FILE:6: unknown key 'swep'"), misspelt);
        assertTrue(misspelt.endsWith("(did you mean 'sweep'?)"), misspelt);
    }

    @Test
    void refusesAKeyThatIsAlsoSet() {
        assertEquals(
                "FILE:6: sweep.training.max_steps is also given by --set training; leave one of"
                        + " them out (--set sweep= drops the sweep)",
                refusal("sweep: {training.max_steps: [1, 2]}", "training={}"));
    }

    @Test
    void refusesTooManyAndWhereOneIsAsked() throws IOException {
        String numbers = "[" + "1, ".repeat(99) + "1]";
        assertTrue(
                refusal("sweep: {seed: " + numbers + ", training.patience: " + numbers + "}")
                        .contains("at most 1000 jobs"));
        jobs("sweep: {seed: [1, 2]}");
        Path file = folder.resolve("job.yaml");
        assertEquals(
                file + ": must be one job, got a sweep of 2",
                assertThrows(IllegalArgumentException.class, () -> JobFile.read(file, List.of()))
                        .getMessage());
    }
}
