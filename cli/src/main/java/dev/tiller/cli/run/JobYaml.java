package dev.tiller.cli.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;

/** Sampling jobs as YAML text. */
public final class JobYaml {
    private static final ObjectMapper YAML =
            YAMLMapper.builder(
                            new YAMLFactory()
                                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES))
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                    .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
                    .enable(DeserializationFeature.READ_ENUMS_USING_TO_STRING)
                    .defaultPropertyInclusion(
                            JsonInclude.Value.construct(
                                    JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
                    .build();

    private JobYaml() {}

    /**
     * Writes a job.
     *
     * @param job the job
     * @return YAML text
     */
    public static String write(SamplingJob job) {
        try {
            return YAML.writeValueAsString(job);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads a value.
     *
     * @param <T> its type
     * @param file a YAML file
     * @param type a record
     * @return the value
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException naming file, line and key if the text does not fit
     */
    public static <T> T read(Path file, Class<T> type) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("job file must exist, got " + file);
        }
        try {
            String text = Files.readString(file);
            requireKnownKeys(file, text, type);
            return YAML.readValue(text, type);
        } catch (JsonProcessingException e) {
            String line = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
            throw new IllegalArgumentException(file + line + ": " + reason(e), e);
        }
    }

    /** Jackson makes the record first and complains of unknown keys after: too late for us. */
    private static void requireKnownKeys(Path file, String text, Class<?> type)
            throws JsonProcessingException {
        JsonNode root = YAML.readTree(text);
        if (!root.isObject()) {
            throw new IllegalArgumentException(file + " must hold keys and values, got " + root);
        }
        PropertyNamingStrategies.SnakeCaseStrategy snake =
                new PropertyNamingStrategies.SnakeCaseStrategy();
        Set<String> known = new TreeSet<>();
        for (RecordComponent component : type.getRecordComponents()) {
            known.add(snake.translate(component.getName()));
        }
        for (Iterator<String> names = root.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                int line = text.substring(0, text.indexOf(name)).split("\n", -1).length;
                throw new IllegalArgumentException(
                        file
                                + ":"
                                + line
                                + ": unknown key '"
                                + name
                                + "'; known keys: "
                                + String.join(", ", known));
            }
        }
    }

    private static String reason(JsonProcessingException e) {
        if (e instanceof JsonMappingException mapping
                && mapping.getCause() instanceof IllegalArgumentException cause) {
            return cause.getMessage();
        }
        return e.getOriginalMessage();
    }
}
