package dev.tiller.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.finetune.objective.Regression;
import dev.tiller.sampler.Philox;
import dev.tiller.zoo.architecture.LowRank;
import dev.tiller.zoo.architecture.LowRankAdapters;
import dev.tiller.zoo.architecture.NamedBlock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters are trained and checkpointed like weights, and nothing else changes. */
class LowRankTrainingIT {
    private static final LowRank OPTIONS = new LowRank(2, 4, List.of("conv", "linear"));

    @TempDir private Path folder;

    private static NamedBlock adapted() {
        NamedBlock block = Toys.convGru();
        block.adapt(OPTIONS);
        return block;
    }

    /** The weights of a network that was trained before: here random ones. */
    private static void start(NamedBlock network, NDManager owner) {
        try (NDManager scope = owner.newSubManager()) {
            NamedBlock base = Toys.convGru();
            base.initialize(new Philox(21), scope);
            network.load(base.weights(), owner);
        }
        network.adapters().orElseThrow().initialize(new Philox(22), owner);
    }

    private static Regression counting() {
        return new Regression(Toys.counting(200, 1), Toys.counting(60, 2), Toys.LETTERS);
    }

    private TrainedWeights train(
            String run, int steps, NDManager manager, TrainingListener listener)
            throws IOException {
        return new Trainer(
                        Toys.options(steps, 10, 9, 1),
                        LowRankTrainingIT::adapted,
                        LowRankTrainingIT::start,
                        manager,
                        folder.resolve(run),
                        listener)
                .train(counting());
    }

    private static Map<String, byte[]> bytes(Map<String, NDArray> arrays) {
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        arrays.forEach((name, array) -> bytes.put(name, array.toByteArray()));
        return bytes;
    }

    @Test
    void trainsTheAdaptersAlone() throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            double before = train("none", 1, manager, Toys.silent()).validationLoss();
            TrainedWeights trained = train("run", 60, manager, Toys.silent());
            assertTrue(
                    trained.validationLoss() < 0.6 * before,
                    before + " to " + trained.validationLoss());
            NamedBlock first = adapted();
            start(first, manager);
            Map<String, byte[]> weights = bytes(first.weights());
            Map<String, byte[]> after = bytes(trained.average());
            assertEquals(weights.keySet(), after.keySet());
            for (Map.Entry<String, byte[]> entry : weights.entrySet()) {
                String name = entry.getKey();
                boolean same = Arrays.equals(entry.getValue(), after.get(name));
                assertEquals(!first.trainable().contains(name), same, name);
            }
            // what is trained fits a plain network once it is merged
            NamedBlock result = adapted();
            result.load(trained.average(), manager);
            LowRankAdapters adapters = result.adapters().orElseThrow();
            assertEquals(first.trainable().size(), 2 * adapters.adapted().size());
            adapters.merge();
            NamedBlock plain = Toys.convGru();
            plain.load(result.weights(), manager);
            double merged = counting().validate(Trainer.evaluation(plain, manager), manager).loss();
            assertEquals(trained.validationLoss(), merged, 1e-6);
        }
    }

    @Test
    void endsWithTheSameBytesWhenInterrupted() throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            TrainedWeights whole = train("whole", 6, manager, Toys.silent());
            for (int step = 1; step < 6; step++) {
                assertThrows(
                        TrainingInterruptedException.class,
                        () -> train("parts", 6, manager, Toys.listener(at -> {}, () -> true)));
            }
            TrainedWeights parts = train("parts", 6, manager, Toys.listener(at -> {}, () -> true));
            Map<String, byte[]> expected = bytes(whole.average());
            Map<String, byte[]> actual = bytes(parts.average());
            assertEquals(expected.keySet(), actual.keySet());
            expected.forEach((name, array) -> assertArrayEquals(array, actual.get(name), name));
            Map<String, byte[]> raw = bytes(parts.raw());
            bytes(whole.raw()).forEach((name, array) -> assertArrayEquals(array, raw.get(name)));
        }
    }
}
