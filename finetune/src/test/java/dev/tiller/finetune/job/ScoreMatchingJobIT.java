package dev.tiller.finetune.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import dev.tiller.finetune.Toys;
import dev.tiller.finetune.TrainingInterruptedException;
import dev.tiller.zoo.GraphConfig;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of molecules from a table of SMILES to its folder. */
class ScoreMatchingJobIT {
    private static final List<String> RESULTS =
            List.of(
                    "model/model.safetensors",
                    "model/raw.safetensors",
                    "model/README.md",
                    "model/config.json",
                    "result.json",
                    "metrics.csv");

    @TempDir private Path folder;

    @Test
    void trainsAModelOfMolecules() throws Exception {
        Path run = folder.resolve("run");
        TrainingJob job = JobFile.read(ToyJobs.molecules(folder), List.of());
        List<String> log = new ArrayList<>();
        JobFolder.open(run, job, false, false);
        new JobRunner(job, Device.cpu(), Toys.silent(), log::add).run(run);
        assertTrue(log.get(0).startsWith("read 122 of 128 molecules from "), log.toString());
        assertTrue(log.contains("dropped 6: the same graph as one before"), log.toString());
        List<String> metrics = Files.readAllLines(run.resolve("metrics.csv"));
        List<String> columns = List.of(metrics.get(0).split(","));
        for (String column :
                List.of(
                        "loss_adj",
                        "loss_x",
                        "validation_score_matching",
                        "validation_score_matching_adj",
                        "validation_score_matching_x")) {
            assertTrue(columns.contains(column), column + " of " + columns);
        }
        int error = columns.indexOf("validation_score_matching");
        double first = Double.parseDouble(metrics.get(1).split(",")[error]);
        double last = Double.parseDouble(metrics.get(metrics.size() - 1).split(",")[error]);
        assertTrue(last < 0.8 * first, first + " to " + last);

        ModelConfig config = ModelDirectory.open(run.resolve("model")).config();
        assertEquals(ModelConfig.Kind.SCORE, config.kind());
        GraphConfig graph = config.graph();
        assertEquals(List.of("C", "N", "O"), graph.atoms());
        assertEquals(8, graph.sizes().size());
        double sum = graph.sizes().stream().mapToDouble(Double::doubleValue).sum();
        assertEquals(122 - 2 * 24, sum, "counted in the training set");
        assertEquals(0, graph.sizes().get(4));
        assertEquals("ve", graph.adj().sde());
        assertEquals(1000, graph.sampling().steps());
        String card = Files.readString(run.resolve("model/README.md"));
        assertTrue(card.contains("- molecules of the file: 128"), card);
        assertTrue(card.contains("- dropped, the same graph as one before: 6"), card);
        assertTrue(card.contains("test score matching adj"), card);
    }

    @Test
    void anInterruptedJobEndsWithTheSameBytes() throws Exception {
        Path job = ToyJobs.molecules(folder);
        Path whole = folder.resolve("whole");
        ToyJobs.run(job, whole, false, step -> false);
        Path parts = folder.resolve("parts");
        assertThrows(
                TrainingInterruptedException.class,
                () -> ToyJobs.run(job, parts, false, step -> step == 17));
        ToyJobs.run(job, parts, true, step -> false);
        for (String file : RESULTS) {
            assertArrayEquals(
                    Files.readAllBytes(whole.resolve(file)),
                    Files.readAllBytes(parts.resolve(file)),
                    file);
        }
    }
}
