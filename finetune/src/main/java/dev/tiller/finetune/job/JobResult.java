package dev.tiller.finetune.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tiller.finetune.TrainedWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a finished run came to: {@code result.json}, the last file that a run writes. It holds
 * nothing that depends on time.
 *
 * @param name name of the model
 * @param stop why training ended
 * @param steps steps made
 * @param bestStep step of the best validation, whose weights are the model
 * @param validationLoss its loss
 * @param validation its further numbers, by name
 * @param numbers numbers of the finished model, by name
 */
public record JobResult(
        String name,
        String stop,
        long steps,
        long bestStep,
        double validationLoss,
        Map<String, Double> validation,
        Map<String, Double> numbers) {
    /** Name of the file in the folder of a run. */
    public static final String FILE = "result.json";

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    static JobResult of(TrainingJob job, TrainedWeights weights, Map<String, Double> numbers) {
        return new JobResult(
                job.name(),
                weights.stop(),
                weights.steps(),
                weights.step(),
                weights.validationLoss(),
                new TreeMap<>(weights.validation()),
                new TreeMap<>(numbers));
    }

    void write(Path folder) throws IOException {
        Path temporary = folder.resolve(FILE + ".unfinished");
        Files.writeString(temporary, JSON.writeValueAsString(this) + "\n");
        Files.move(temporary, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Reads the result of a run.
     *
     * @param folder the folder of the run
     * @return the result, or empty if the run is not finished
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is none of such a run
     */
    public static Optional<JobResult> read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(Files.readString(file), JobResult.class));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    file + " must be the result of a run, got: " + e.getOriginalMessage(), e);
        }
    }
}
