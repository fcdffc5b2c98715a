package dev.tiller.rewards;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** How values of a configuration file or a command line become values of an options record. */
final class OptionTypes {
    private static final Set<Class<?>> INTEGERS =
            Set.of(byte.class, short.class, int.class, long.class);
    private static final Map<Class<?>, Class<?>> PRIMITIVES =
            Map.of(
                    Byte.class, byte.class,
                    Short.class, short.class,
                    Integer.class, int.class,
                    Long.class, long.class,
                    Float.class, float.class,
                    Double.class, double.class,
                    Boolean.class, boolean.class);

    private OptionTypes() {}

    /**
     * Returns a mapper that reads numbers from text, since a command line has nothing else, but
     * makes no other change of type: 0.5 is no integer, 1 is not true, and "" is no number.
     */
    static ObjectMapper mapper() {
        return JsonMapper.builder()
                .annotationIntrospector(new KebabCaseEnums())
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .withCoercionConfigDefaults(
                        c -> c.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
                .withCoercionConfig(
                        LogicalType.Textual,
                        c ->
                                c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                        .setCoercion(
                                                CoercionInputShape.Boolean, CoercionAction.Fail))
                .withCoercionConfig(
                        LogicalType.Boolean,
                        c -> c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail))
                .withCoercionConfig(
                        LogicalType.Enum,
                        c -> c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail))
                .build();
    }

    /** Makes "a, b" a list where a list is wanted; leaves everything else as it is. */
    static Object split(Object value, JavaType target) {
        boolean list = target.isCollectionLikeType() || target.isArrayType();
        if (!list || !(value instanceof String text)) {
            return value;
        }
        return text.isBlank()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    }

    /** Names a type for users. */
    static String describe(JavaType type) {
        if (type.isCollectionLikeType() || type.isArrayType()) {
            return "list of " + describe(type.getContentType());
        }
        Class<?> raw = PRIMITIVES.getOrDefault(type.getRawClass(), type.getRawClass());
        if (raw.isEnum()) {
            return Arrays.stream(raw.getEnumConstants())
                    .map(constant -> Spelling.kebabCase((Enum<?>) constant))
                    .collect(Collectors.joining("|"));
        }
        if (INTEGERS.contains(raw)) {
            return "integer";
        }
        if (raw == double.class || raw == float.class) {
            return "number";
        }
        if (raw == boolean.class) {
            return "true|false";
        }
        if (raw == String.class) {
            return "text";
        }
        return raw == Path.class ? "path" : raw.getSimpleName();
    }

    /** Reads and writes enum constants in kebab case. */
    private static final class KebabCaseEnums extends JacksonAnnotationIntrospector {
        @Override
        public String[] findEnumValues(
                MapperConfig<?> config, AnnotatedClass type, Enum<?>[] values, String[] names) {
            return Arrays.stream(values).map(Spelling::kebabCase).toArray(String[]::new);
        }
    }
}
