package dev.tiller.rewards.composition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class RewardSpecTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private static RewardSpec read(String yaml) {
        try {
            Map<String, Object> job = YAML.readValue(yaml, new TypeReference<>() {});
            return RewardSpec.of(job.get("reward"));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final String COMPONENTS = "reward:\n  components:\n    - ";

    @Test
    void readsANameAlone() {
        assertEquals(new NamedReward("mrl"), read("reward: mrl"));
    }

    @Test
    void readsANameWithOptions() {
        NamedReward expected = new NamedReward("gc-content", Map.of("target", 0.4));
        assertEquals(expected, read("reward: {name: gc-content, options: {target: 0.4}}"));
        assertEquals(expected, read("reward: {reward: gc-content, options: {target: 0.4}}"));
        assertEquals(new NamedReward("mrl"), read("reward: {name: mrl}"));
    }

    @Test
    void readsAComposition() {
        String yaml =
                """
                reward:
                  aggregate: product
                  floor: -1
                  components:
                    - mrl
                    - {reward: mrl, as: load, weight: 2, options: {model: x},
                       transform: {type: linear, low: 5, high: 8}}
                  filters:
                    - {reward: gc-content, at-least: -0.1, at-most: 0}
                  penalties:
                    - {reward: sequence-motif, transform: {type: step, high: 0}}
                """;
        NamedReward mrl = new NamedReward("mrl");
        NamedReward other = new NamedReward("mrl", Map.of("model", "x"));
        assertEquals(
                new Composition(
                        Aggregate.PRODUCT,
                        List.of(
                                new Component("mrl", mrl, new Identity(), 1),
                                new Component("load", other, new Linear(5, 8), 2)),
                        List.of(new Filter("gc-content", new NamedReward("gc-content"), -0.1, 0)),
                        List.of(
                                new Component(
                                        "sequence-motif",
                                        new NamedReward("sequence-motif"),
                                        new Step(Double.NEGATIVE_INFINITY, 0),
                                        1)),
                        -1),
                read(yaml));
    }

    @Test
    void defaultsAreArithmeticWeightOneNoTransformAndFloorZero() {
        assertEquals(
                "{\"aggregate\":\"arithmetic\",\"components\":[{\"reward\":\"mrl\",\"options\":{},"
                        + "\"as\":\"mrl\",\"transform\":{\"type\":\"identity\"},\"weight\":1.0}],"
                        + "\"filters\":[],\"penalties\":[],\"floor\":0.0}",
                read(COMPONENTS + "mrl").identity());
        assertEquals("{\"reward\":\"mrl\",\"options\":{}}", read("reward: mrl").identity());
    }

    @Test
    void equalSpecificationsHaveEqualText() {
        RewardSpec one =
                read(
                        COMPONENTS
                                + "{reward: x, options: {b: [1, {d: 1, c: 2}], a: true}, weight:"
                                + " 1}");
        RewardSpec other =
                read(
                        COMPONENTS
                                + "{weight: 1.0, as: x, name: x, transform: identity, options: {a:"
                                + " true, b: [1, {c: 2, d: 1}]}}");
        assertEquals(one, other);
        assertEquals(one.identity(), other.identity());
        assertEquals(one.toMap().toString(), other.toMap().toString());
        RewardSpec third = read(COMPONENTS + "{reward: x, options: {a: 'true'}}");
        assertNotEquals(one, third);
        assertNotEquals(one.identity(), third.identity());
        assertEquals(new NamedReward("x", Map.of("n", 1)), new NamedReward("x", Map.of("n", 1L)));
    }

    @Test
    void isReadBackFromItsMap() throws JsonProcessingException {
        for (String yaml :
                List.of(
                        "reward: mrl",
                        "reward: {name: gc-content, options: {target: 0.4, list: [1, 2.5, a]}}",
                        COMPONENTS
                                + "{reward: x, transform: {type: double-sigmoid, low: 1, high:"
                                + " 2}}\n  filters:\n    - {reward: y, at-most: 3}")) {
            RewardSpec spec = read(yaml);
            assertEquals(spec, RewardSpec.of(spec.toMap()));
            String written = YAML.writeValueAsString(Map.of("reward", spec.toMap()));
            assertEquals(spec, read(written));
            assertEquals(spec.identity(), read(written).identity());
        }
    }

    @Test
    void columnsAreComponentsFiltersAndPenalties() {
        Composition spec =
                (Composition)
                        read(
                                COMPONENTS
                                        + "x\n  penalties:\n    - {reward: x, as: p}\n"
                                        + "  filters:\n    - {reward: x, as: f, at-most: 3}");
        assertEquals(
                List.of("x", "x.transformed", "f", "f.transformed", "p", "p.transformed"),
                spec.columns());
    }

    @Test
    void mistakesAreNamedWithTheirPlace() {
        refused(
                COMPONENTS + "mrl\n    - {reward: x, wieght: 2}",
                "component 2: unknown key 'wieght'; known keys: reward, name, options, as,"
                        + " transform, weight (did you mean 'weight'?)");
        refused(
                "reward: {agregate: product, components: [mrl]}",
                "reward: unknown key 'agregate'; known keys: aggregate, components, filters,"
                        + " penalties, floor (did you mean 'aggregate'?)");
        refused(
                "reward: {component: [mrl]}",
                "reward: unknown key 'component'; known keys: reward, name, options, aggregate,"
                        + " components, filters, penalties, floor (did you mean 'components'?)");
        refused(
                "reward: {name: mrl, option: {}}",
                "reward: unknown key 'option'; known keys: reward, name, options (did you mean"
                        + " 'options'?)");
        refused(
                "reward: {aggregate: geometrical, components: [mrl]}",
                "reward: aggregate must be arithmetic, geometric or product, got 'geometrical'"
                        + " (did you mean 'geometric'?)");
        refused(
                COMPONENTS + "mrl\n    - mrl",
                "reward: names of components, filters and penalties must differ, got 'mrl' twice;"
                        + " name one of them with as: NAME");
        refused(
                COMPONENTS + "{reward: x, transform: {type: sigmoid, low: 1}}",
                "component 1: transform: high must be a number, got none");
        refused(
                COMPONENTS + "{reward: x, weight: -1}",
                "component 1: weight must be 0 or more, got -1.0");
        refused(
                COMPONENTS + "{reward: x, as: x.y}",
                "component 1: name of a column must be letters, digits, - and _, the first a"
                        + " letter, got 'x.y'");
    }

    @Test
    void whatIsMissingIsNamed() {
        refused(COMPONENTS + "{as: x}", "component 1: reward must be text, got none");
        refused(
                COMPONENTS + "{reward: x, name: y}",
                "component 1: reward and name are one key, got both; leave one out");
        refused(
                COMPONENTS + "{reward: x, weight: 0}",
                "reward: components must have one or more of a weight above 0, got 1 of weight 0");
        refused(
                "reward: {aggregate: product}",
                "reward: components must have one or more of a weight above 0, got 0");
        refused(
                "reward: {components: mrl}",
                "reward: components must be a list, each entry after a dash, got 'mrl'");
        refused(
                COMPONENTS + "x\n  filters:\n    - {reward: y}",
                "filter 1: filter must have at-least, at-most or both, and at-least <= at-most,"
                        + " got at-least -Infinity and at-most Infinity");
        refused(
                COMPONENTS + "x\n  penalties:\n    - 3",
                "penalty 1 must be a map of keys and values, got 3");
        refused(
                "reward: 3",
                "reward must be a name, a map with reward and options, or a map with components,"
                        + " got 3");
        refused("reward: {options: {a: 1}}", "reward: reward must be text, got none");
        refused(
                "reward: {name: x, options: 4}",
                "reward: options must be a map of keys and values, got 4");
    }

    /** What the description of the package shows can be copied into a job file. */
    @Test
    void theDocumentedExamplesAreRead() throws IOException {
        Path source = Path.of("src/main/java/dev/tiller/rewards/composition/package-info.java");
        String text = Files.readString(source).replaceAll("(?m)^ \\* ?", "");
        Matcher examples =
                Pattern.compile("<pre>\\{@code\\s(reward:.*?)\\}</pre>", Pattern.DOTALL)
                        .matcher(text);
        List<RewardSpec> read = new ArrayList<>();
        while (examples.find()) {
            read.add(read(examples.group(1)));
        }
        assertEquals(3, read.size());
        assertEquals(new NamedReward("mrl"), read.get(0));
        assertEquals(new NamedReward("gc-content", Map.of("target", 0.4)), read.get(1));
        assertEquals(8, ((Composition) read.get(2)).columns().size());
    }

    @Test
    void numbersAreFinite() {
        Map<String, Object> filter = Map.of("reward", "x", "at-most", Double.POSITIVE_INFINITY);
        Map<String, Object> yaml = Map.of("components", List.of("y"), "filters", List.of(filter));
        assertEquals(
                "filter 1: at-most must be a number, got Infinity",
                assertThrows(IllegalArgumentException.class, () -> RewardSpec.of(yaml))
                        .getMessage());
    }

    private static void refused(String yaml, String text) {
        assertEquals(
                text, assertThrows(IllegalArgumentException.class, () -> read(yaml)).getMessage());
    }
}
