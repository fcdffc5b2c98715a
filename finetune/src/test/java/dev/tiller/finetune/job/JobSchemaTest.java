package dev.tiller.finetune.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.tiller.finetune.objective.DiffusionTimes;
import dev.tiller.finetune.objective.InverseFolding;
import dev.tiller.finetune.objective.MaskedNelbo;
import dev.tiller.finetune.objective.ScoreMatching;
import dev.tiller.finetune.optimizer.LearningRate;
import dev.tiller.sampler.gaussian.Parameterisation;
import dev.tiller.zoo.ModelConfig;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The schema says what the records say, and takes what they take. */
class JobSchemaTest {
    /** Told by the description too: the default of one objective. */
    private static final String CLIP_GROUPS = "clip_groups";

    private static final List<String> OF_FINE_TUNING =
            List.of("batch_size", "learning_rate", "ema_decay", "validate_every");

    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Schema SCHEMA =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(JobSchema.text());

    private static JsonNode tree() throws Exception {
        return JSON.readTree(JobSchema.text());
    }

    private static void compare(JsonNode schema, Class<?> type, String path, String... further) {
        Set<String> expected = new TreeSet<>(Arrays.asList(further));
        for (RecordComponent component : type.getRecordComponents()) {
            String key = new SnakeCaseStrategy().translate(component.getName());
            expected.add(key);
            String where = path + key;
            JsonNode property = schema.path("properties").path(key);
            assertFalse(property.path("description").asText().isBlank(), where);
            Class<?> of = component.getType();
            if (of.isRecord() && of != ModelConfig.Schedule.class) {
                compare(property, of, where + ".");
            } else if (of != JsonNode.class) {
                assertEquals(type(of), property.path("type").asText(), where);
            }
        }
        Set<String> there = new TreeSet<>();
        schema.path("properties").fieldNames().forEachRemaining(there::add);
        assertEquals(expected, there, path);
        assertFalse(schema.path("additionalProperties").asBoolean(true), path);
        assertEquals("object", schema.path("type").asText(), path);
    }

    private static String type(Class<?> type) {
        if (type == Integer.class || type == Long.class || type == long.class) {
            return "integer";
        }
        if (type == Double.class) {
            return "number";
        }
        if (type == Boolean.class) {
            return "boolean";
        }
        if (type == List.class) {
            return "array";
        }
        return type == String.class || type.isEnum() ? "string" : "object";
    }

    @Test
    void hasTheKeysOfTheRecords() throws Exception {
        compare(tree(), TrainingJob.class, "", "sweep");
    }

    private static List<String> choices(String pointer) throws Exception {
        List<String> choices = new ArrayList<>();
        tree().at(pointer + "/enum").forEach(choice -> choices.add(choice.asText()));
        return choices;
    }

    @Test
    void hasTheChoicesOfTheEnums() throws Exception {
        assertEquals(
                JobErrors.names(TrainingJob.Kind.class),
                String.join(", ", choices("/properties/objective")));
        String matching = "/properties/score_matching/properties/";
        assertEquals(
                JobErrors.names(ScoreMatching.Weighting.class),
                String.join(", ", choices(matching + "weighting")));
        assertEquals(
                JobErrors.names(DiffusionTimes.Sampling.class),
                String.join(", ", choices(matching + "times")));
        for (String component : List.of("x", "adj")) {
            String noise = "/properties/model/properties/graph/properties/" + component;
            assertEquals(
                    JobErrors.names(Parameterisation.class),
                    String.join(", ", choices(noise + "/properties/parameterisation")));
        }
        assertEquals(
                JobErrors.names(InverseFolding.Loss.class),
                String.join(", ", choices("/properties/protein/properties/loss")));
        String training = "/properties/training/properties/";
        assertEquals(
                JobErrors.names(MaskedNelbo.TimeSampling.class),
                String.join(", ", choices(training + "time_sampling")));
        assertTrue(
                choices(training + "decay")
                        .containsAll(
                                Arrays.asList(
                                        JobErrors.names(LearningRate.Shape.class).split(", "))));
    }

    /** Defaults are those that are filled in. */
    @Test
    void hasTheDefaults() throws Exception {
        for (Path recipe : JobFileTest.recipes()) {
            TrainingJob job =
                    JobFile.read(
                            recipe,
                            Files.readString(recipe).contains("objective: distillation")
                                    ? List.of("training={max_steps: 9}", "data.candidates=")
                                    : List.of("training={max_steps: 9}"));
            JsonNode given = JobFile.tree(job);
            JsonNode filled = JobFile.tree(JobDefaults.fill(job));
            for (String group : List.of("data", "training", "score_matching", "protein")) {
                for (Map.Entry<String, JsonNode> entry : filled.path(group).properties()) {
                    boolean other = // of which the description tells
                            job.objective() == TrainingJob.Kind.REWARD_BACKPROPAGATION
                                    && OF_FINE_TUNING.contains(entry.getKey());
                    if (given.path(group).has(entry.getKey())
                            || other
                            || entry.getKey().equals(CLIP_GROUPS)) {
                        continue;
                    }
                    JsonNode preset =
                            tree().at("/properties/" + group + "/properties/" + entry.getKey())
                                    .path("default");
                    assertEquals(preset.asText(), text(entry.getValue(), preset), entry.getKey());
                }
            }
        }
    }

    private static String text(JsonNode value, JsonNode like) {
        return like.isIntegralNumber() && value.doubleValue() == Math.rint(value.doubleValue())
                ? Long.toString(value.longValue())
                : value.asText();
    }

    private static List<Error> errors(String yaml) throws Exception {
        return SCHEMA.validate(YAML.readTree(yaml));
    }

    @Test
    void takesEveryRecipe() throws Exception {
        for (Path recipe : JobFileTest.recipes()) {
            assertEquals(List.of(), errors(Files.readString(recipe)), recipe.toString());
            String filled = JobFile.write(JobDefaults.fill(JobFile.read(recipe, List.of())));
            assertEquals(List.of(), errors(filled), recipe.toString());
        }
    }

    private static final String JOB =
            """
            name: x
            objective: reward_backpropagation
            model: {pretrained: rna-utr5, lora: {rank: 4, alpha: 8, layers: ["convs.*"]}}
            reward: mrl
            backpropagation: {steps: 16, truncation: 4, kl: path, kl_weight: 0.01}
            training: {max_steps: 3}
            stop: {max_kl: 20}
            """;

    @Test
    void takesSweepsAndCompositions() throws Exception {
        assertEquals(List.of(), errors(JOB + "sweep: {backpropagation.kl_weight: [0, 0.1]}\n"));
        assertEquals(
                List.of(),
                errors(JOB.replace("reward: mrl", "reward: {reward: mrl, options: {a: 1}}")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    name: x          | nme: x                | nme
                    max_steps: 3     | max_step: 3           | max_step
                    max_steps: 3     | max_steps: many       | /training/max_steps
                    kl: path         | kl: paths             | /backpropagation/kl
                    rank: 4          | rank: 0               | /model/lora/rank
                    reward: mrl      | sweep: {seed: 3}      | /sweep/seed
                    reward: mrl      | sweep: {out: [a, b]}  | /sweep
                    reward: mrl      | sweep: {seed: []}     | /sweep/seed
                    """)
    void refusesWhatTheReaderRefuses(String good, String bad, String where) throws Exception {
        List<Error> errors = errors(JOB.replace(good, bad));
        assertFalse(errors.isEmpty());
        assertTrue(errors.toString().contains(where), errors.toString());
    }
}
