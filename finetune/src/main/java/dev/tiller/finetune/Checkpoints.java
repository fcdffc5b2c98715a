package dev.tiller.finetune;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The checkpoints of a run: folders {@code checkpoints/step-N} with {@code state.safetensors} and
 * {@code state.json}, complete or absent, whenever the process is killed.
 */
final class Checkpoints {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final String ARRAYS = "state.safetensors";
    private static final String COUNTERS = "state.json";

    private final Path run;
    private final Path folder;
    private final int keep;

    Checkpoints(Path run, int keep) {
        this.run = run;
        this.folder = run.resolve("checkpoints");
        this.keep = keep;
    }

    void write(TrainingState state) throws IOException {
        Files.createDirectories(folder);
        Path temporary = folder.resolve("unfinished");
        delete(temporary);
        Files.createDirectory(temporary);
        SafeTensors.write(temporary.resolve(ARRAYS), state.arrays(), Map.of());
        JSON.writeValue(temporary.resolve(COUNTERS).toFile(), state.counters());
        Path target = folder.resolve(String.format(Locale.ROOT, "step-%08d", state.step()));
        delete(target);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        List<Path> all = all();
        for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
            delete(old);
        }
        writeMetrics(state);
    }

    private void writeMetrics(TrainingState state) throws IOException {
        Path metrics = run.resolve("metrics.csv.unfinished");
        Files.write(metrics, state.metrics());
        Files.move(metrics, run.resolve("metrics.csv"), StandardCopyOption.REPLACE_EXISTING);
    }

    void restoreLatest(TrainingState state) throws IOException {
        List<Path> all = all();
        if (all.isEmpty()) {
            return;
        }
        Path latest = all.get(all.size() - 1);
        TrainingState.Counters counters =
                JSON.readValue(latest.resolve(COUNTERS).toFile(), TrainingState.Counters.class);
        try (NDManager manager = NDManager.newBaseManager();
                WeightFile file = SafeTensors.read(latest.resolve(ARRAYS), manager)) {
            state.restore(counters, file.tensors());
        }
        // the run may have been killed between the checkpoint and its metrics
        writeMetrics(state);
    }

    private List<Path> all() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(p -> p.getFileName().toString().startsWith("step-"))
                    .sorted()
                    .toList();
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.notExists(path)) {
            return;
        }
        try (Stream<Path> entries = Files.walk(path)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        }
    }
}
