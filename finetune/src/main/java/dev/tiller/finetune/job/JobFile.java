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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

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
     * Reads a file of one job.
     *
     * @param file the YAML file
     * @param overrides {@code path.to.key=value} settings that replace what the file says
     * @return the job
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException naming file, line and key if it is not a job, or not one
     */
    public static TrainingJob read(Path file, List<String> overrides) throws IOException {
        List<TrainingJob> jobs = readAll(file, overrides);
        if (jobs.size() > 1) {
            throw new IllegalArgumentException(
                    file + ": must be one job, got a sweep of " + jobs.size());
        }
        return jobs.get(0);
    }

    /**
     * Reads the jobs of a file: one, or one for each combination of its {@code sweep}, whose names
     * and folders then have a suffix such as {@code -kl_weight=0.01}.
     *
     * @param file the YAML file
     * @param overrides {@code path.to.key=value} settings that replace what the file says, before
     *     it is swept
     * @return the jobs, in order
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException naming file, line and key if it does not hold jobs
     */
    public static List<TrainingJob> readAll(Path file, List<String> overrides) throws IOException {
        if (Files.notExists(file) || Files.isDirectory(file)) {
            throw new IllegalArgumentException("job file must exist, got " + file);
        }
        String text = Files.readString(file);
        JobErrors errors = new JobErrors(file, text, overrides);
        ObjectNode root = tree(text, errors);
        for (String override : overrides) {
            set(root, override);
        }
        JsonNode swept = root.remove(Sweep.KEY);
        if (swept == null || swept.isNull()) {
            return List.of(job(root, errors, Set.of()));
        }
        List<String> set =
                overrides.stream().map(one -> one.substring(0, one.indexOf('='))).toList();
        Sweep sweep;
        try {
            sweep = Sweep.of(swept, set);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(errors.sweep(e), e);
        }
        List<TrainingJob> jobs = new ArrayList<>();
        for (Sweep.Point point : sweep.points()) {
            ObjectNode one = root.deepCopy();
            point.values()
                    .forEach(
                            (key, value) ->
                                    set(
                                            one,
                                            Arrays.asList(key.split("\\.")),
                                            value,
                                            "sweep." + key));
            for (String named : List.of("name", "out")) {
                if (one.path(named).isTextual()) {
                    one.put(named, one.path(named).asText() + point.suffix());
                }
            }
            jobs.add(job(one, errors, sweep.keys()));
        }
        return jobs;
    }

    private static TrainingJob job(ObjectNode root, JobErrors errors, Set<String> swept) {
        try {
            return YAML.treeToValue(root, TrainingJob.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(errors.mapping(e, root, swept), e);
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
        JsonNode value;
        try {
            value = YAML.readTree(override.substring(equals + 1));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    JobErrors.SET + override + ": " + JobErrors.oneLine(e), e);
        }
        // nothing after the sign: back to the default
        set(root, keys, value.isMissingNode() ? null : value, JobErrors.SET + override);
    }

    private static void set(ObjectNode root, List<String> keys, JsonNode value, String what) {
        ObjectNode node = root;
        for (String key : keys.subList(0, keys.size() - 1)) {
            JsonNode child = node.path(key);
            if (child.isMissingNode() || child.isNull()) {
                node = node.putObject(key);
            } else if (child instanceof ObjectNode group) {
                node = group;
            } else {
                throw new IllegalArgumentException(
                        what
                                + ": '"
                                + key
                                + "' must be a group of keys, got "
                                + JobErrors.shown(child)
                                + "; set it as a whole");
            }
        }
        node.set(keys.get(keys.size() - 1), value);
    }

    /** Returns a job as a tree of the keys that it gives. */
    static ObjectNode tree(TrainingJob job) {
        return YAML.valueToTree(job);
    }

    /** Returns a value as a tree. */
    static JsonNode node(Object value) {
        return YAML.valueToTree(value);
    }

    /** Returns the job of such a tree. */
    static TrainingJob ofTree(ObjectNode tree) {
        try {
            return YAML.treeToValue(tree, TrainingJob.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
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
