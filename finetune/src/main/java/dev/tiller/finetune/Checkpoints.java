package dev.tiller.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tiller.finetune.log.MetricsTable;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The checkpoints of a run: folders {@code checkpoints/step-N} with {@code state.safetensors} and
 * {@code state.json}, complete or absent whenever the process is killed, of which the last ones are
 * kept; and {@code checkpoints/best}, the weights of the best validation and its numbers, which is
 * never rotated away.
 */
final class Checkpoints {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final String ARRAYS = "state.safetensors";
    private static final String COUNTERS = "state.json";
    private static final String BEST_AVERAGE = "model.safetensors";
    private static final String BEST_RAW = "raw.safetensors";
    private static final String BEST_NUMBERS = "metrics.json";

    private final Path run;
    private final Path folder;
    private final int keep;
    private final ArrayWriter writer;

    /** Writes arrays into a file. */
    @FunctionalInterface
    interface ArrayWriter {
        void write(Path file, Map<String, NDArray> arrays) throws IOException;
    }

    /** Fills a folder. */
    @FunctionalInterface
    private interface Content {
        void writeInto(Path folder) throws IOException;
    }

    /** What the folder of the best weights says of them. */
    private record BestNumbers(long step, double loss, Map<String, Double> validation) {}

    Checkpoints(Path run, int keep) {
        this(run, keep, (file, arrays) -> SafeTensors.write(file, arrays, Map.of()));
    }

    /** Writes arrays in another way, for tests of what happens where that fails. */
    Checkpoints(Path run, int keep, ArrayWriter writer) {
        this.run = run;
        this.folder = run.resolve("checkpoints");
        this.keep = keep;
        this.writer = writer;
    }

    void write(TrainingState state) throws IOException {
        try {
            put(
                    folder.resolve(String.format(Locale.ROOT, "step-%08d", state.step())),
                    unfinished -> {
                        writer.write(unfinished.resolve(ARRAYS), state.arrays());
                        JSON.writeValue(unfinished.resolve(COUNTERS).toFile(), state.counters());
                    });
            follow(state);
        } catch (IOException | UncheckedIOException e) {
            throw new IOException(
                    "checkpoint of step "
                            + state.step()
                            + " could not be written to "
                            + folder
                            + " ("
                            + reason(e)
                            + "); checkpoints before it are as they were; mend that and use"
                            + " --resume",
                    e);
        }
    }

    private static String reason(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage().replace('\n', ' ');
    }

    /** Replaces a folder by one that is whole when it gets its name. */
    private void put(Path target, Content content) throws IOException {
        Files.createDirectories(folder);
        Path temporary = folder.resolve("unfinished");
        delete(temporary);
        try {
            Files.createDirectory(temporary);
            content.writeInto(temporary);
            delete(target);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            try {
                delete(temporary); // the room may be needed
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    /** Brings everything that follows from the state to where the state is. */
    private void follow(TrainingState state) throws IOException {
        List<Path> all = all();
        for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
            delete(old);
        }
        Path best = folder.resolve("best");
        TrainedWeights weights = state.best();
        if (bestStep(best) != weights.step()) {
            put(
                    best,
                    unfinished -> {
                        writer.write(unfinished.resolve(BEST_AVERAGE), weights.average());
                        writer.write(unfinished.resolve(BEST_RAW), weights.raw());
                        BestNumbers numbers =
                                new BestNumbers(
                                        weights.step(),
                                        weights.validationLoss(),
                                        new LinkedHashMap<>(weights.validation()));
                        JSON.writeValue(unfinished.resolve(BEST_NUMBERS).toFile(), numbers);
                    });
        }
        Path metrics = run.resolve("metrics.csv.unfinished");
        Files.write(metrics, MetricsTable.lines(state.rows()));
        Files.move(metrics, run.resolve("metrics.csv"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static long bestStep(Path best) throws IOException {
        Path numbers = best.resolve(BEST_NUMBERS);
        return Files.exists(numbers) ? JSON.readTree(numbers.toFile()).path("step").asLong(-1) : -1;
    }

    /**
     * Restores the last checkpoint.
     *
     * @return false if there is none
     * @throws IllegalArgumentException if it is of another network, or damaged
     */
    boolean restoreLatest(TrainingState state) throws IOException {
        List<Path> all = all();
        if (all.isEmpty()) {
            return false;
        }
        Path latest = all.get(all.size() - 1);
        try (NDManager manager = NDManager.newBaseManager();
                WeightFile file = SafeTensors.read(latest.resolve(ARRAYS), manager)) {
            state.restore(
                    JSON.readValue(latest.resolve(COUNTERS).toFile(), TrainingState.Counters.class),
                    file.tensors());
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    latest
                            + " is no checkpoint of this version ("
                            + e.getOriginalMessage()
                            + "); delete it to go on from the one before, or use --overwrite",
                    e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    latest
                            + " is no checkpoint of this job: "
                            + e.getMessage()
                            + "; use --overwrite to replace the run, or another --out",
                    e);
        }
        // the run may have been killed between the checkpoint and what follows from it
        follow(state);
        return true;
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
