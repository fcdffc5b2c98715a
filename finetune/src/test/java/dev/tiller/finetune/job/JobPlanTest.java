package dev.tiller.finetune.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobPlanTest {
    @TempDir private Path folder;

    private static TrainingJob recipe(String name, String... overrides) throws Exception {
        return JobFile.read(Path.of("..", "recipes", name + ".yaml"), List.of(overrides));
    }

    /** Filling in changes no setting, fills nothing twice, and is a sound job. */
    @Test
    void defaultsAreThoseThatAreUsed() throws Exception {
        for (Path recipe : JobFileTest.recipes()) {
            TrainingJob job =
                    JobFile.read(
                            recipe,
                            List.of("training={max_steps: 9}", "training.temperature=", "out="));
            TrainingJob filled = JobDefaults.fill(job);
            assertEquals(JobRunner.options(job), JobRunner.options(filled));
            assertEquals(filled, JobDefaults.fill(filled));
            assertEquals("runs/" + job.name(), filled.out());
            JobRunner.check(filled);
            TrainingJob given = JobFile.read(recipe, List.of());
            JobRunner.check(JobDefaults.fill(given));
            assertEquals(
                    given.training().batchSize(), JobDefaults.fill(given).training().batchSize());
        }
    }

    @Test
    void countsParametersStepsAndRows() throws Exception {
        JobPlan denoiser = JobPlan.of(recipe("rna-utr5", "data.table=none.tsv"));
        assertEquals(3000, denoiser.steps());
        assertEquals(1 + 15, denoiser.validations());
        assertEquals(new DenoiserRows(0, 3000L * 128, 0), denoiser.evaluations());
        // all but the frequencies of its embedding of time
        assertEquals(denoiser.parameters() - 32, denoiser.trained());
        assertEquals(OptionalInt.empty(), denoiser.length());
        // 8192 trajectories and 409 for each of validation and test, of 128 steps
        JobPlan value = JobPlan.of(recipe("rna-utr5-mrl-value"));
        assertEquals(new DenoiserRows((8192L + 2 * 409) * 129, 0, 0), value.evaluations());
        assertEquals(OptionalInt.of(50), value.length());
        // a buffer of 4096, of which 256 are replaced every 50 of 6000 steps
        JobPlan replayed = JobPlan.of(recipe("rna-utr5-mrl-soft-value"));
        assertEquals(
                (4096L + 256 * ((6000 - 1) / 50) + 2 * 409) * 129,
                replayed.evaluations().forward());
        JobPlan referee = JobPlan.of(recipe("rna-utr5-mrl-referee"));
        assertEquals(2000L * 32 + 1500L * 32 * 6, referee.evaluations().forward());
        assertEquals(0, JobPlan.of(recipe("rna-utr5-mrl")).evaluations().forward());
    }

    /** What is kept of a call of proteins grows with its residues and their neighbours. */
    @Test
    void memoryOfProteinsGrowsWithTheCall() throws Exception {
        String name = "protein-inverse-folding";
        long base = JobPlan.of(recipe(name, "training.batch_tokens=1")).mebibytes();
        long one = JobPlan.of(recipe(name, "training.batch_tokens=1000")).mebibytes() - base;
        long two = JobPlan.of(recipe(name, "training.batch_tokens=2000")).mebibytes() - base;
        long more =
                JobPlan.of(recipe(name, "training.batch_tokens=1000", "model.config.neighbours=32"))
                                .mebibytes()
                        - base;
        assertEquals(2 * one, two, 2);
        assertEquals(2 * one, more, 2);
    }

    private TrainingJob backpropagation(String... overrides) throws Exception {
        Path file =
                Files.writeString(
                        folder.resolve("job.yaml"),
                        """
                        name: tuned
                        objective: reward_backpropagation
                        model: {pretrained: rna-utr5}
                        reward: mrl
                        backpropagation: {steps: 16, truncation: 4, kl_weight: 0.01}
                        training: {max_steps: 100, batch_size: 8, validate_every: 30}
                        """);
        return JobFile.read(file, List.of(overrides));
    }

    @Test
    void countsTheWalksOfRewardBackpropagation() throws Exception {
        JobPlan plan = JobPlan.of(backpropagation());
        long validated = 5 * 128 * 16; // at 0, 30, 60, 90 and 100
        assertEquals(5, plan.validations());
        assertEquals(
                new DenoiserRows(100 * 8 * 16 + validated, 100 * 8 * 16, 100 * 8 * 16 + validated),
                plan.evaluations());
        assertEquals(JobPlan.of(recipe("rna-utr5")).parameters(), plan.parameters());
        assertEquals(plan.parameters() - 32, plan.trained());
        assertEquals(OptionalInt.of(50), plan.length());
        assertEquals(
                0,
                JobPlan.of(backpropagation("backpropagation.kl=none")).evaluations().pretrained());
        JobPlan designs = JobPlan.of(backpropagation("stop={designs: 1}", "training.accumulate=3"));
        assertEquals(100 * 3 * 8 * 16 + 5 * 16, designs.evaluations().forward());
        JobPlan adapters = JobPlan.of(backpropagation("model.lora={rank: 2}"));
        assertTrue(adapters.trained() < plan.trained() / 3, "trained " + adapters.trained());
        assertTrue(adapters.trained() > 0);
        assertTrue(adapters.mebibytes() <= plan.mebibytes());
        TrainingJob none = backpropagation("model.lora={rank: 2, layers: [none]}");
        assertThrows(IllegalArgumentException.class, () -> JobPlan.of(none));
        JobPlan blind = JobPlan.of(backpropagation("backpropagation.kl=none"));
        assertEquals(100 * 8 * 4, blind.evaluations().backward());
    }

    @Test
    void looksAtTheFirstRowOfTheTable() throws Exception {
        Path plain = Files.writeString(folder.resolve("a.tsv"), "x\tseq\n1\tACGTACG\n2\tA\n");
        Path zipped = folder.resolve("a.tsv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            out.write(Files.readAllBytes(plain));
        }
        for (Path table : List.of(plain, zipped)) {
            String[] job = {"data.table=" + table, "data.sequence_column=seq"};
            assertEquals(OptionalInt.of(7), JobPlan.of(recipe("rna-utr5", job)).length());
            job[1] = "data.sequence_column=other";
            assertEquals(OptionalInt.empty(), JobPlan.of(recipe("rna-utr5", job)).length());
        }
        Files.writeString(plain, "");
        assertEquals(
                OptionalInt.empty(),
                JobPlan.of(recipe("rna-utr5", "data.table=" + plain)).length());
    }

    @Test
    void memoryGrowsWithTheBatch() throws Exception {
        long small = JobPlan.of(backpropagation("training.batch_size=1")).mebibytes();
        long large = JobPlan.of(backpropagation("training.batch_size=1000")).mebibytes();
        assertTrue(small >= 400 && small < 450, "small " + small);
        assertTrue(large > small + 100, "large " + large);
    }
}
