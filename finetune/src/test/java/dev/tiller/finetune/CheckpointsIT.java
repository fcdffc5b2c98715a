package dev.tiller.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.finetune.objective.Objective;
import dev.tiller.finetune.optimizer.AdamW;
import dev.tiller.finetune.optimizer.ExponentialMovingAverage;
import dev.tiller.sampler.Philox;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.architecture.Optimus;
import dev.tiller.zoo.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints where writing fails, and those of other jobs. */
class CheckpointsIT {
    @TempDir private Path run;

    private static TrainingState state(NamedBlock network, NDManager manager) {
        network.initialize(new Philox(1), manager);
        Map<String, NDArray> trained = new LinkedHashMap<>(network.weights());
        return new TrainingState(
                network,
                new AdamW(trained, new AdamW.Options(0.9, 0.999, 1e-8, 0), manager),
                new ExponentialMovingAverage(trained, 0.9, manager),
                manager);
    }

    private static void advance(TrainingState state, double validation) {
        state.stepDone(new Objective.Evaluated(1, Map.of()), 1);
        state.validated(
                new Objective.Validation(validation, Map.of("m", validation)),
                Toys.options(9, 1, 9, 1));
    }

    private static void failing(Path file, Map<String, NDArray> arrays) throws IOException {
        Files.writeString(file, "half of it");
        throw new IOException("No space left on device");
    }

    @Test
    void aFullDiskLeavesTheCheckpointBefore() throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            TrainingState state = state(Toys.optimus(), manager);
            advance(state, 2);
            new Checkpoints(run, 1).write(state);
            String metrics = Files.readString(run.resolve("metrics.csv"));
            advance(state, 1);
            Path folder = run.resolve("checkpoints");
            IOException error =
                    assertThrows(
                            IOException.class,
                            () -> new Checkpoints(run, 1, CheckpointsIT::failing).write(state));
            assertEquals(
                    "checkpoint of step 2 could not be written to "
                            + folder
                            + " (No space left on device); checkpoints before it are as they were;"
                            + " mend that and use --resume",
                    error.getMessage());
            assertFalse(Files.exists(folder.resolve("unfinished")), "its room may be needed");
            assertFalse(Files.exists(folder.resolve("step-00000002")));
            assertEquals(metrics, Files.readString(run.resolve("metrics.csv")));
            TrainingState restored = state(Toys.optimus(), manager);
            assertTrue(new Checkpoints(run, 1).restoreLatest(restored));
            assertEquals(1, restored.step());
            assertEquals(2, restored.best().validationLoss());
        }
    }

    /** The state is there, its best weights are not: they follow when it is restored. */
    @Test
    void aDiskThatIsFullAtTheBestWeightsKeepsTheOldOnes() throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            TrainingState state = state(Toys.optimus(), manager);
            advance(state, 2);
            new Checkpoints(run, 2).write(state);
            advance(state, 1);
            Checkpoints.ArrayWriter states =
                    (file, arrays) -> {
                        if (!file.getFileName().toString().startsWith("state")) {
                            failing(file, arrays);
                        }
                        SafeTensors.write(file, arrays, Map.of());
                    };
            assertThrows(IOException.class, () -> new Checkpoints(run, 2, states).write(state));
            Path best = run.resolve("checkpoints/best/metrics.json");
            assertTrue(Files.readString(best).startsWith("{\"step\":1,"));
            assertTrue(new Checkpoints(run, 2).restoreLatest(state(Toys.optimus(), manager)));
            assertTrue(Files.readString(best).startsWith("{\"step\":2,"));
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            TrainingState state = state(Toys.optimus(), manager);
            advance(state, 2);
            Files.writeString(run.resolve("checkpoints"), "a file");
            IOException error =
                    assertThrows(IOException.class, () -> new Checkpoints(run, 1).write(state));
            assertTrue(error.getMessage().contains(run.resolve("checkpoints").toString()));
            assertFalse(error.getMessage().contains("\n"));
        }
    }

    @Test
    void refusesTheCheckpointOfAnotherNetwork() throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            TrainingState state = state(Toys.optimus(), manager);
            advance(state, 2);
            Checkpoints checkpoints = new Checkpoints(run, 1);
            checkpoints.write(state);
            NamedBlock wider = new Optimus(new Optimus.Config(16, 3, 1, 8, 1, Toys.LENGTH, 0.1));
            for (NamedBlock other : List.of(wider, Toys.convGru())) {
                TrainingState fresh = state(other, manager);
                String error =
                        assertThrows(
                                        IllegalArgumentException.class,
                                        () -> checkpoints.restoreLatest(fresh))
                                .getMessage();
                assertTrue(
                        error.startsWith(
                                run.resolve("checkpoints/step-00000001")
                                        + " is no checkpoint of this job: it"),
                        error);
                String difference =
                        other == wider
                                ? "its weights.convs.0.weight has the shape (8, 4, 3), that of this"
                                        + " job (16, 4, 3)"
                                : "it has no weights.";
                assertTrue(error.contains(difference), error);
                assertFalse(error.contains("\n"), error);
                assertEquals(0, fresh.step());
            }
        }
    }

    @Test
    void refusesADamagedCheckpoint() throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            TrainingState state = state(Toys.optimus(), manager);
            advance(state, 2);
            Checkpoints checkpoints = new Checkpoints(run, 1);
            checkpoints.write(state);
            Path step = run.resolve("checkpoints/step-00000001");
            Files.writeString(step.resolve("state.json"), "{\"step\": 3, \"old\": 1}");
            String error =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> checkpoints.restoreLatest(state))
                            .getMessage();
            assertTrue(
                    error.startsWith(step + " is no checkpoint of this version (")
                            && error.contains("old"),
                    error);
            Files.writeString(step.resolve("state.safetensors"), "nothing");
            error =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> checkpoints.restoreLatest(state))
                            .getMessage();
            assertFalse(error.contains("\n"), error);
        }
    }
}
