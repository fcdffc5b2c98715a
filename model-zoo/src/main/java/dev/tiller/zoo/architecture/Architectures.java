package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Builds networks by name, as configuration files describe them. */
public final class Architectures {
    /** The letters that networks of one-hot inputs read. */
    public static final int ONE_HOT_LETTERS = 4;

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .build();

    private Architectures() {}

    /**
     * Returns the known names.
     *
     * @return the names, in alphabetical order
     */
    public static List<String> names() {
        return List.of(
                ConvGru.NAME,
                DnaConv.NAME,
                Enformer.NAME,
                Gdss.NAME,
                Dit.NAME,
                Optimus.NAME,
                ProteinMpnn.NAME);
    }

    /**
     * Builds a network without weights.
     *
     * @param name one of {@link #names()}
     * @param config components of the architecture's configuration record, in snake case; those
     *     left out, within objects too, have the values of the record's {@code defaults()}
     * @return the network
     * @throws IllegalArgumentException if the name or a key of the configuration is unknown, or a
     *     value is out of range
     */
    public static NamedBlock create(String name, JsonNode config) {
        return switch (name) {
            case ConvGru.NAME -> new ConvGru(read(name, config, ConvGru.Config.defaults()));
            case DnaConv.NAME -> new DnaConv(read(name, config, DnaConv.Config.defaults()));
            case Enformer.NAME -> new Enformer(read(name, config, Enformer.Config.defaults()));
            case Gdss.NAME -> new Gdss(read(name, config, Gdss.defaults(config)));
            case Dit.NAME -> new Dit(read(name, config, Dit.Config.defaults()));
            case Optimus.NAME -> new Optimus(read(name, config, Optimus.Config.defaults()));
            case ProteinMpnn.NAME ->
                    new ProteinMpnn(read(name, config, ProteinMpnn.Config.defaults()));
            default ->
                    throw new IllegalArgumentException(
                            "unknown architecture '"
                                    + name
                                    + "'; known architectures: "
                                    + String.join(", ", names()));
        };
    }

    @SuppressWarnings("unchecked")
    private static <T extends Record> T read(String name, JsonNode config, T defaults) {
        ObjectNode all = JSON.valueToTree(defaults);
        merge(name, "", all, config);
        try {
            return (T) JSON.treeToValue(all, defaults.getClass());
        } catch (ValueInstantiationException e) {
            String reason =
                    e.getCause() == null ? e.getOriginalMessage() : e.getCause().getMessage();
            throw new IllegalArgumentException("configuration of " + name + ": " + reason, e);
        } catch (JsonMappingException e) {
            String key =
                    e.getPath().stream()
                            .map(JsonMappingException.Reference::getFieldName)
                            .collect(Collectors.joining("."));
            throw new IllegalArgumentException(
                    "configuration of "
                            + name
                            + ": "
                            + (key.isEmpty() ? "" : key + ": ")
                            + e.getOriginalMessage(),
                    e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "configuration of " + name + ": " + e.getOriginalMessage(), e);
        }
    }

    /** Puts what is given in the place of defaults, in objects within objects too. */
    private static void merge(String name, String path, ObjectNode all, JsonNode given) {
        for (Map.Entry<String, JsonNode> field : given.properties()) {
            String key = field.getKey();
            JsonNode before = all.get(key);
            // Jackson would complain of a default value first, and never name the misspelt key
            if (before == null) {
                List<String> known = new ArrayList<>();
                all.fieldNames().forEachRemaining(known::add);
                throw new IllegalArgumentException(
                        "unknown key '"
                                + path
                                + key
                                + "' in the configuration of "
                                + name
                                + "; known keys: "
                                + String.join(", ", known));
            }
            if (before instanceof ObjectNode object && field.getValue().isObject()) {
                merge(name, path + key + ".", object, field.getValue());
            } else {
                all.set(key, field.getValue());
            }
        }
    }

    /**
     * Describes a network's configuration, the inverse of {@link #create}.
     *
     * @param config a configuration record of one of the architectures
     * @return its components in snake case
     */
    public static JsonNode describe(Record config) {
        return JSON.valueToTree(config);
    }

    /**
     * An architecture found by {@link #infer}.
     *
     * @param architecture one of {@link #names()}
     * @param config its whole configuration, as {@link #create} takes it
     */
    public record Inferred(String architecture, JsonNode config) {}

    /**
     * Finds architecture and settings of published weights, as {@link #infer(Map, JsonNode)} does
     * where nothing is known.
     *
     * @param shapes the shapes of the weights by published name
     * @return what was found; empty if the names are those of no known architecture
     * @throws IllegalArgumentException if they are, but tell of impossible settings or not of all
     *     that the defaults cannot stand in for
     */
    public static Optional<Inferred> infer(Map<String, Shape> shapes) {
        return infer(shapes, JSON.createObjectNode());
    }

    /**
     * Finds architecture and settings of published weights by their names and shapes.
     *
     * <p>Dropout and the number of neighbours in {@code protein-mpnn} leave no trace in weights and
     * have the architecture's defaults. Neither do the residual connections of {@code conv-gru}:
     * they are there where batch norm is, as in SVDD, and else not, as in gReLU. The heads of
     * {@code mdlm-dit} follow from its rotary frequencies; where a file holds none they must be
     * known. Whether all weights are there, and no others, is only checked by {@link
     * NamedBlock#load}.
     *
     * @param shapes the shapes of the weights by published name; a prefix that all names carry is
     *     dropped as {@link NamedBlock#load} does
     * @param known settings that are known, keys in snake case; they go before what was found
     * @return what was found; empty if the names are those of no known architecture
     * @throws IllegalArgumentException if they are, but tell of impossible settings or not of all
     *     that neither {@code known} nor the defaults tell
     */
    public static Optional<Inferred> infer(Map<String, Shape> shapes, JsonNode known) {
        WeightShapes weights = new WeightShapes(shapes);
        Inferred found;
        if (ConvGru.recognises(weights)) {
            found = new Inferred(ConvGru.NAME, describe(ConvGru.infer(weights)));
        } else if (DnaConv.recognises(weights)) {
            found = new Inferred(DnaConv.NAME, describe(DnaConv.infer(weights)));
        } else if (Enformer.recognises(weights)) {
            found = new Inferred(Enformer.NAME, describe(Enformer.infer(weights)));
        } else if (Dit.recognises(weights)) {
            JsonNode heads = known.path("heads");
            Integer given = heads.isInt() ? Integer.valueOf(heads.asInt()) : null;
            found = new Inferred(Dit.NAME, describe(Dit.infer(weights, given)));
        } else if (Optimus.recognises(weights)) {
            found = new Inferred(Optimus.NAME, describe(Optimus.infer(weights)));
        } else if (ProteinMpnn.recognises(weights)) {
            found = new Inferred(ProteinMpnn.NAME, describe(ProteinMpnn.infer(weights)));
        } else {
            return Optional.empty();
        }
        ((ObjectNode) found.config()).setAll((ObjectNode) known);
        create(found.architecture(), found.config());
        return Optional.of(found);
    }

    static void require(boolean holds, String name, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " must be " + rule + ", got " + value);
        }
    }

    static void requireOneHot(NDArray x) {
        if (x.getDataType() != DataType.FLOAT32
                || x.getShape().dimension() != 3
                || x.getShape().get(2) != ONE_HOT_LETTERS) {
            throw new IllegalArgumentException(
                    "x must be float32 [B, L, "
                            + ONE_HOT_LETTERS
                            + "], got "
                            + x.getDataType()
                            + " "
                            + x.getShape());
        }
    }
}
