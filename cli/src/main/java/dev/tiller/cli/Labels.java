package dev.tiller.cli;

import dev.tiller.cli.run.SamplingJob;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.weights.Selection;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads enum constants by the names that users see. */
final class Labels {
    private Labels() {}

    private static <E extends Enum<E>> E read(Class<E> type, String text) {
        for (E constant : type.getEnumConstants()) {
            if (constant.toString().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        String known =
                Arrays.stream(type.getEnumConstants())
                        .map(E::toString)
                        .collect(Collectors.joining(", "));
        throw new TypeConversionException("unknown value '" + text + "'; known: " + known);
    }

    /** Reads {@code --method}. */
    static final class Methods implements ITypeConverter<SamplingJob.Method> {
        @Override
        public SamplingJob.Method convert(String text) {
            return read(SamplingJob.Method.class, text);
        }
    }

    /** Reads {@code --backend}. */
    static final class Backends implements ITypeConverter<Backend> {
        @Override
        public Backend convert(String text) {
            return read(Backend.class, text);
        }
    }

    /** Reads {@code --format}. */
    static final class Formats implements ITypeConverter<ModelExportCommand.Format> {
        @Override
        public ModelExportCommand.Format convert(String text) {
            return read(ModelExportCommand.Format.class, text);
        }
    }

    /** Reads {@code --kind}. */
    static final class Kinds implements ITypeConverter<ModelConfig.Kind> {
        @Override
        public ModelConfig.Kind convert(String text) {
            return read(ModelConfig.Kind.class, text);
        }
    }

    /** Reads {@code --weights}. */
    static final class Sources implements ITypeConverter<Selection.Source> {
        @Override
        public Selection.Source convert(String text) {
            return read(Selection.Source.class, text);
        }
    }

    /** Reads {@code --sampler}. */
    static final class Samplers implements ITypeConverter<SamplingJob.Sampler> {
        @Override
        public SamplingJob.Sampler convert(String text) {
            return read(SamplingJob.Sampler.class, text);
        }
    }
}
