package dev.tiller.finetune.job;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.tiller.rewards.Spelling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Says in one line what is wrong with a job, and in which line of its file or which override. */
final class JobErrors {
    /** Begins the text of an error in an override. */
    static final String SET = "--set ";

    private static final YAMLFactory PARSERS = new YAMLFactory();
    private static final Pattern LINE = Pattern.compile("line (\\d+)");

    private final Path file;
    private final String text;
    private final List<String> overrides;

    JobErrors(Path file, String text, List<String> overrides) {
        this.file = file;
        this.text = text;
        this.overrides = overrides;
    }

    /** Describes text that is not YAML. */
    String syntax(JsonProcessingException e) {
        int line = 0;
        JsonLocation location = e.getLocation();
        if (location != null) {
            line = location.getLineNr();
        }
        // the last line that the parser of YAML names is the one where it stopped
        Matcher lines = LINE.matcher(e.getOriginalMessage());
        while (lines.find()) {
            line = Integer.parseInt(lines.group(1));
        }
        return file(line) + oneLine(e);
    }

    /** Describes a file that holds something else than keys. */
    String noKeys(JsonNode got) {
        return file + ": must hold the keys of a job, got " + shown(got);
    }

    /** Describes a sweep that makes no sense. */
    String sweep(IllegalArgumentException e) {
        return file(line(JsonPointer.empty().appendProperty(Sweep.KEY))) + e.getMessage();
    }

    /** Describes keys or values that do not fit; the values of swept keys stand elsewhere. */
    String mapping(JsonProcessingException e, JsonNode root, Set<String> swept) {
        List<String> names = new ArrayList<>();
        JsonPointer pointer = JsonPointer.empty();
        if (e instanceof JsonMappingException mapping) {
            for (JsonMappingException.Reference reference : mapping.getPath()) {
                if (reference.getFieldName() == null) {
                    pointer = pointer.appendIndex(reference.getIndex());
                } else {
                    pointer = pointer.appendProperty(reference.getFieldName());
                    names.add(reference.getFieldName());
                }
            }
        }
        String path = String.join(".", names);
        return where(path, pointer, swept) + reason(e, path, root.at(pointer));
    }

    private String where(String path, JsonPointer pointer, Set<String> swept) {
        for (int i = overrides.size() - 1; i >= 0; i--) {
            String key = overrides.get(i).substring(0, overrides.get(i).indexOf('='));
            if (Sweep.overlap(key, path)) {
                return SET + overrides.get(i) + ": ";
            }
        }
        for (String key : swept) {
            if (Sweep.overlap(key, path)) {
                JsonPointer group = JsonPointer.empty().appendProperty(Sweep.KEY);
                return file(line(group.appendProperty(key)));
            }
        }
        return file(line(pointer));
    }

    private String file(int line) {
        return line < 1 ? file + ": " : file + ":" + line + ": ";
    }

    /** Finds the line of a key; the mapper itself remembers another one, or none. */
    private int line(JsonPointer key) {
        try (JsonParser parser = PARSERS.createParser(text)) {
            while (parser.nextToken() != null) {
                if (parser.getParsingContext().pathAsPointer().equals(key)) {
                    return parser.currentTokenLocation().getLineNr();
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("the text was read before", e);
        }
        return 0;
    }

    private static String reason(JsonProcessingException e, String path, JsonNode got) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            TreeSet<String> known = new TreeSet<>();
            unknown.getKnownPropertyIds().forEach(id -> known.add(id.toString()));
            if (path.equals(unknown.getPropertyName())) {
                known.add(Sweep.KEY); // the only key that is none of a job's
            }
            return "unknown key '"
                    + unknown.getPropertyName()
                    + "'; known keys: "
                    + String.join(", ", known)
                    + Spelling.suggestion(unknown.getPropertyName(), known);
        }
        if (e instanceof ValueInstantiationException && e.getCause() != null) {
            return path + ": " + e.getCause().getMessage();
        }
        if (got.isMissingNode() || got.isNull()) {
            return path + " must be given";
        }
        if (e instanceof MismatchedInputException mismatch) {
            return path + " must be " + name(mismatch.getTargetType()) + ", got " + shown(got);
        }
        return path + ": " + oneLine(e);
    }

    private static String name(Class<?> type) {
        if (type.isEnum()) {
            return "one of " + names(type);
        }
        if (type == String.class) {
            return "text";
        }
        if (type == Double.class) {
            return "a number";
        }
        if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
            return "a whole number";
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "a list";
        }
        return type.isRecord() || Map.class.isAssignableFrom(type)
                ? "a group of keys"
                : type.getSimpleName();
    }

    /** Lists the constants of an enum as files spell them. */
    static String names(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    /** Shows what was given, in a few words. */
    static String shown(JsonNode got) {
        if (got.isMissingNode() || got.isNull()) {
            return "nothing";
        }
        if (got.isArray()) {
            return "a list";
        }
        return got.isObject() ? "a group of keys" : "'" + got.asText() + "'";
    }

    /** Drops what the parser of YAML draws under its messages. */
    static String oneLine(JsonProcessingException e) {
        return e.getOriginalMessage()
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .collect(Collectors.joining(": "));
    }
}
