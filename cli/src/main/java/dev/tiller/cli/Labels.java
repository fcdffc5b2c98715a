package dev.tiller.cli;

import dev.tiller.cli.run.JobYaml;
import dev.tiller.rewards.Spelling;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** Reads enum constants by the names that users see. */
final class Labels {
    private Labels() {}

    /** Lets all options of an enum type, or of a list of it, take the labels of its constants. */
    static void register(CommandLine line) {
        for (OptionSpec option : line.getCommandSpec().options()) {
            for (Class<?> type : option.auxiliaryTypes()) {
                if (type.isEnum()) {
                    register(line, type);
                }
            }
        }
        line.getSubcommands().values().forEach(Labels::register);
    }

    private static <T> void register(CommandLine line, Class<T> type) {
        line.registerConverter(type, text -> read(type, text));
    }

    private static <T> T read(Class<T> type, String text) {
        List<String> known = new ArrayList<>();
        for (T constant : type.getEnumConstants()) {
            String label = JobYaml.label((Enum<?>) constant);
            if (label.equalsIgnoreCase(text)) {
                return constant;
            }
            known.add(label);
        }
        throw new TypeConversionException(
                "unknown value '"
                        + text
                        + "'; known: "
                        + String.join(", ", known)
                        + Spelling.suggestion(text, known));
    }
}
