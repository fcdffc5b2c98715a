package dev.tiller.finetune.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Reads and writes jobs in YAML. */
public final class JobFile {
    private static final ObjectMapper YAML =
            YAMLMapper.builder(
                            new YAMLFactory()
                                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES))
                    .defaultPropertyInclusion(
                            JsonInclude.Value.construct(
                                    JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
                    .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                    .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();

    private JobFile() {}

    /**
     * Reads a job.
     *
     * @param file the YAML file
     * @param overrides {@code path.to.key=value} settings that replace what the file says
     * @return the job
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException naming file, line and key if it is not a job
     */
    public static TrainingJob read(Path file, List<String> overrides) throws IOException {
        if (Files.notExists(file) || Files.isDirectory(file)) {
            throw new IllegalArgumentException("job file must exist, got " + file);
        }
        String text = Files.readString(file);
        JobErrors errors = new JobErrors(file, text, overrides);
        ObjectNode root = tree(text, errors);
        for (String override : overrides) {
            set(root, override);
        }
        try {
            return YAML.treeToValue(root, TrainingJob.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(errors.mapping(e, root), e);
        }
    }

    private static ObjectNode tree(String text, JobErrors errors) {
        JsonNode tree;
        try {
            tree = YAML.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(errors.syntax(e), e);
        }
        if (tree instanceof ObjectNode root) {
            return root;
        }
        throw new IllegalArgumentException(errors.noKeys(tree));
    }

    private static void set(ObjectNode root, String override) {
        int equals = override.indexOf('=');
        List<String> keys = List.of();
        if (equals > 0) {
            keys = Arrays.asList(override.substring(0, equals).split("\\.", -1));
        }
        if (keys.isEmpty() || keys.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    "--set must be path.to.key=value, got '" + override + "'");
        }
        ObjectNode node = root;
        for (String key : keys.subList(0, keys.size() - 1)) {
            JsonNode child = node.path(key);
            if (child.isMissingNode() || child.isNull()) {
                node = node.putObject(key);
            } else if (child instanceof ObjectNode group) {
                node = group;
            } else {
                throw new IllegalArgumentException(
                        JobErrors.SET
                                + override
                                + ": '"
                                + key
                                + "' must be a group of keys, got "
                                + JobErrors.shown(child)
                                + "; set it as a whole");
            }
        }
        try {
            JsonNode value = YAML.readTree(override.substring(equals + 1));
            // nothing after the sign: back to the default
            node.set(keys.get(keys.size() - 1), value.isMissingNode() ? null : value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    JobErrors.SET + override + ": " + JobErrors.oneLine(e), e);
        }
    }

    /** Returns the keys that a part of a job gives. */
    static List<String> given(Record part) {
        return YAML.valueToTree(part).properties().stream().map(e -> e.getKey()).toList();
    }

    /**
     * Writes a job as YAML.
     *
     * @param job any record or tree
     * @return its text
     */
    public static String write(Object job) {
        try {
            return YAML.writeValueAsString(job);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
