package dev.tiller.finetune.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobFileTest {
    private static final Path RECIPES = Path.of("..", "recipes");

    @TempDir private Path folder;

    static List<Path> recipes() throws Exception {
        try (Stream<Path> files = Files.list(RECIPES)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    @Test
    void everyRecipeIsASoundJob() throws Exception {
        List<Path> recipes = recipes();
        assertTrue(recipes.size() >= 4, recipes.toString());
        for (Path recipe : recipes) {
            TrainingJob job = JobFile.read(recipe, List.of());
            JobRunner.check(job);
            assertEquals(recipe.getFileName().toString(), job.name() + ".yaml");
        }
    }

    @Test
    void whatIsWrittenReadsBack() throws Exception {
        for (Path recipe : recipes()) {
            TrainingJob job = JobFile.read(recipe, List.of());
            Path copy = Files.writeString(folder.resolve("copy.yaml"), JobFile.write(job));
            assertEquals(job, JobFile.read(copy, List.of()));
            assertFalse(JobFile.write(job).contains("null"));
        }
    }

    @Test
    void overridesReplaceNestedKeys() throws Exception {
        Path recipe = RECIPES.resolve("rna-utr5.yaml");
        TrainingJob job =
                JobFile.read(
                        recipe,
                        List.of("training.max_steps=7", "model.config.hidden=32", "seed=9"));
        assertEquals(7, job.training().maxSteps());
        assertEquals(32, job.model().config().get("hidden").asInt());
        assertEquals(9, job.seed());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    training.max_stps=7             | max_steps
                    training.max_steps=many         | max_steps
                    training.max_steps=0            | max_steps must be at least 1, got 0
                    training.decay=steep            | cosine
                    training.time_sampling=uniform  | antithetic
                    model.architecture=resnet       | unknown architecture 'resnet'
                    model.config.hidden=0           | hidden
                    objective=magic                 | masked_nelbo
                    data.roll_outs=5                | roll_outs
                    data.validation=2               | validation
                    seed.x=3                        | seed
                    nonsense                        | --set
                    """)
    void refusesWhatMakesNoSense(String override, String text) {
        IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                JobRunner.check(
                                        JobFile.read(
                                                RECIPES.resolve("rna-utr5.yaml"),
                                                List.of(override))));
        assertTrue(error.getMessage().contains(text), error.getMessage());
        assertFalse(error.getMessage().contains("\n"), error.getMessage());
    }

    @Test
    void namesFileAndLine() throws Exception {
        Path file = Files.writeString(folder.resolve("job.yaml"), "name: x\nsed: 3\n");
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> JobFile.read(file, List.of()));
        assertTrue(error.getMessage().contains("job.yaml:2"), error.getMessage());
        assertTrue(error.getMessage().contains("'sed'"), error.getMessage());
        assertTrue(error.getMessage().contains("seed"), error.getMessage());
    }
}
