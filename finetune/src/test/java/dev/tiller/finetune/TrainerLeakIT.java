package dev.tiller.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.tiller.finetune.objective.Regression;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerLeakIT {
    @TempDir private Path folder;

    /** Validations, new best weights and checkpoints included. */
    @Test
    void keepsAsManyArraysOverFiftySteps() throws Exception {
        Regression objective =
                new Regression(Toys.counting(200, 1), Toys.counting(60, 2), Toys.LETTERS);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDManager system = manager.getParentManager();
            List<Integer> own = new ArrayList<>();
            List<Integer> all = new ArrayList<>();
            TrainedWeights weights =
                    new Trainer(
                                    Toys.options(52, 5, 99, 1),
                                    Toys::convGru,
                                    manager,
                                    folder,
                                    Toys.listener(
                                            at -> {
                                                own.add(manager.getManagedArrays().size());
                                                all.add(system.getManagedArrays().size());
                                            },
                                            () -> false))
                            .train(objective);
            assertEquals(52, own.size());
            assertEquals(Collections.nCopies(50, own.get(1)), own.subList(1, 51));
            assertEquals(Collections.nCopies(50, all.get(1)), all.subList(1, 51));
            // moments and averages are gone; the weights and the two best copies are left
            assertEquals(3 * weights.raw().size(), manager.getManagedArrays().size());
        }
    }
}
