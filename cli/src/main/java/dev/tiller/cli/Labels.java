package dev.tiller.cli;

import dev.tiller.cli.run.JobYaml;
import dev.tiller.rewards.Spelling;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads enum constants by the names that users see. */
final class Labels {
    private Labels() {}

    /** Lets options of an enum type take the labels of its constants. */
    static <E extends Enum<?>> void register(CommandLine line, Class<E> type) {
        ITypeConverter<E> converter = text -> read(type, text);
        line.registerConverter(type, converter);
    }

    private static <E extends Enum<?>> E read(Class<E> type, String text) {
        for (E constant : type.getEnumConstants()) {
            if (JobYaml.label(constant).equalsIgnoreCase(text)) {
                return constant;
            }
        }
        List<String> known = Arrays.stream(type.getEnumConstants()).map(JobYaml::label).toList();
        throw new TypeConversionException(
                "unknown value '"
                        + text
                        + "'; known: "
                        + String.join(", ", known)
                        + Spelling.suggestion(text, known));
    }
}
