package dev.tiller.cli.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tiller.rewards.Spelling;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Sampling jobs as YAML text. */
public final class JobYaml {
    private static final ObjectMapper YAML =
            YAMLMapper.builder(
                            new YAMLFactory()
                                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES))
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                    .annotationIntrospector(new EnumLabels())
                    .defaultPropertyInclusion(
                            JsonInclude.Value.construct(
                                    JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
                    .build();

    private JobYaml() {}

    /** Reads and writes enum constants by their labels. */
    private static final class EnumLabels extends JacksonAnnotationIntrospector {
        @Override
        public String[] findEnumValues(
                MapperConfig<?> config, AnnotatedClass type, Enum<?>[] values, String[] names) {
            return Arrays.stream(values).map(JobYaml::label).toArray(String[]::new);
        }
    }

    /**
     * Returns the name of an enum constant that users see.
     *
     * @param constant the constant
     * @return its text in lower case, words joined by hyphens
     */
    public static String label(Enum<?> constant) {
        return constant.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }

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

    /**
     * Reads keys and values.
     *
     * @param file a YAML file
     * @return its values by key
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException naming file and line if the text is not a mapping
     */
    public static Map<String, Object> readMap(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("file must exist, got " + file);
        }
        try {
            return YAML.readValue(file.toFile(), new TypeReference<Map<String, Object>>() {});
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
        requireKnownKeys(file, text, root, type);
    }

    private static void requireKnownKeys(Path file, String text, JsonNode node, Class<?> type) {
        PropertyNamingStrategies.SnakeCaseStrategy snake =
                new PropertyNamingStrategies.SnakeCaseStrategy();
        Map<String, Class<?>> known = new TreeMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            known.put(snake.translate(component.getName()), component.getType());
        }
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            Class<?> inner = known.get(name);
            if (inner == null) {
                int line = text.substring(0, text.indexOf(name)).split("\n", -1).length;
                throw new IllegalArgumentException(
                        file
                                + ":"
                                + line
                                + ": unknown key '"
                                + name
                                + "'; known keys: "
                                + String.join(", ", known.keySet())
                                + Spelling.suggestion(name, known.keySet()));
            }
            if (inner.isRecord() && node.get(name).isObject()) {
                requireKnownKeys(file, text, node.get(name), inner);
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
