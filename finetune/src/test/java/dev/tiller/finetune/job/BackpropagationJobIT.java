package dev.tiller.finetune.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.finetune.TrainingInterruptedException;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelDirectory;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.weights.WeightFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fine-tuning jobs from the YAML file to the model folder. */
class BackpropagationJobIT {
    private static final String JOB =
            """
            name: toy-tuned
            objective: reward_backpropagation
            seed: 2
            model: {pretrained: PRETRAINED}
            reward: {reward: model, options: {path: REWARD}}
            backpropagation: {steps: 8, truncation: 5, kl_weight: 0.01}
            training: {max_steps: 12, batch_size: 16, learning_rate: 0.01, validate_every: 4,
                       accumulate: 2}
            stop: {designs: 32}
            """;

    @TempDir private static Path shared;
    private static Path pretrained;
    private static Path reward;

    @TempDir private Path folder;

    @BeforeAll
    static void train() throws Exception {
        Path denoiser = shared.resolve("denoiser");
        ToyJobs.run(ToyJobs.denoiser(shared), denoiser, false, step -> false);
        pretrained = denoiser.resolve("model");
        Path run = shared.resolve("reward");
        ToyJobs.run(ToyJobs.regression(shared), run, false, step -> false);
        reward = run.resolve("model");
    }

    private Path job(String yaml) throws Exception {
        String text =
                yaml.replace("PRETRAINED", pretrained.toString())
                        .replace("REWARD", reward.toString());
        return Files.writeString(folder.resolve("job.yaml"), text);
    }

    private static double last(Path run, String column) throws Exception {
        List<String> lines = Files.readAllLines(run.resolve("metrics.csv"));
        int index = List.of(lines.get(0).split(",")).indexOf(column);
        return Double.parseDouble(lines.get(lines.size() - 1).split(",")[index]);
    }

    private static double first(Path run, String column) throws Exception {
        List<String> lines = Files.readAllLines(run.resolve("metrics.csv"));
        int index = List.of(lines.get(0).split(",")).indexOf(column);
        return Double.parseDouble(lines.get(1).split(",")[index]);
    }

    @Test
    void raisesTheRewardAndEndsWithTheSameBytesAfterAKill() throws Exception {
        Path job = job(JOB);
        Path whole = folder.resolve("whole");
        ToyJobs.run(job, whole, false, step -> false);
        double before = first(whole, "validation_reward_median");
        double after = last(whole, "validation_reward_median");
        assertTrue(after > before + 0.02, before + " to " + after);
        assertEquals(0, first(whole, "validation_kl_step"), 1e-6);
        assertTrue(last(whole, "validation_kl_step") > 0.01);

        ModelConfig config = ModelDirectory.open(whole.resolve("model")).config();
        ModelConfig from = ModelZoo.find(pretrained.toString()).config();
        assertEquals("toy-tuned", config.name());
        assertEquals(from.architectureConfig(), config.architectureConfig());
        assertEquals(from.schedule(), config.schedule());
        assertEquals(from.length(), config.length());

        Path parts = folder.resolve("parts");
        assertThrows(
                TrainingInterruptedException.class,
                () -> ToyJobs.run(job, parts, false, step -> step == 3));
        ToyJobs.run(job, parts, true, step -> false);
        Path killed = folder.resolve("killed");
        JobRunnerIT.killAfter(job, killed, "step-00000004");
        assertFalse(Files.exists(killed.resolve("model")), "killed before its end");
        ToyJobs.run(job, killed, true, step -> false);
        for (String file : List.of("model/model.safetensors", "metrics.csv")) {
            byte[] expected = Files.readAllBytes(whole.resolve(file));
            assertArrayEquals(expected, Files.readAllBytes(parts.resolve(file)), file);
            assertArrayEquals(expected, Files.readAllBytes(killed.resolve(file)), file);
        }
    }

    @Test
    void stopsAtTheBoundOfTheDivergence() throws Exception {
        Path run = folder.resolve("bounded");
        String yaml = JOB.replace("{designs: 32}", "{designs: 32, max_kl: 0.001}");
        ToyJobs.run(job(yaml), run, false, step -> false);
        assertTrue(Files.readAllLines(run.resolve("metrics.csv")).size() < 1 + 4);
    }

    @Test
    void trainsAdaptersBesideTheWeights() throws Exception {
        Path run = folder.resolve("adapted");
        String lora = "PRETRAINED, lora: {rank: 2, alpha: 4, layers: [convs]}}";
        ToyJobs.run(job(JOB.replace("PRETRAINED}", lora)), run, false, step -> false);
        assertTrue(last(run, "validation_reward_median") > first(run, "validation_reward_median"));
        Path model = run.resolve("model");
        long small = Files.size(model.resolve("adapter.safetensors"));
        assertTrue(small < Files.size(model.resolve("model.safetensors")) / 2, small + " bytes");
        try (NDManager manager = NDManager.newBaseManager();
                WeightFile before = ModelDirectory.open(pretrained).weights(manager);
                WeightFile after = ModelDirectory.open(model).weights(manager)) {
            assertEquals(before.tensors().keySet(), after.tensors().keySet());
            before.tensors()
                    .forEach(
                            (name, array) -> {
                                boolean same =
                                        Arrays.equals(
                                                array.toFloatArray(),
                                                after.tensors().get(name).toFloatArray());
                                boolean adapted = name.matches("convs.*weight");
                                assertEquals(!adapted, same, name);
                            });
        }
    }

    private String refusal(String yaml) throws Exception {
        Path job = job(yaml);
        Path out = folder.resolve("refused" + System.nanoTime());
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> ToyJobs.run(job, out, false, step -> false));
        return refused.getMessage();
    }

    @Test
    void refusesWhatCannotBeFineTuned() throws Exception {
        String name = "{reward: model, options: {path: REWARD}}";
        String blind = refusal(JOB.replace(name, "homopolymer"));
        assertTrue(blind.contains("svdd-pm") && blind.contains("homopolymer"), blind);
        String protein = refusal(JOB.replace(name, "rna-mfe"));
        assertTrue(protein.contains("rna-mfe"), protein);
        String kind = refusal(JOB.replace("pretrained: PRETRAINED", "pretrained: rna-utr5-mrl"));
        assertEquals("model.pretrained must be a denoiser, got a model of kind reward", kind);
        String label = refusal(JOB.replace("PRETRAINED}", "PRETRAINED, label: 1}"));
        assertTrue(label.contains("needs classes"), label);
    }
}
