package dev.tiller.zoo;

import dev.tiller.zoo.weights.Selection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Requests of conversions, of which a test says only what matters to it. */
final class Conversions {
    private ModelConfig.Kind kind;
    private String architecture;
    private Map<String, String> settings = Map.of();
    private String alphabet;
    private Integer length;
    private boolean timeConditioning;
    private Integer label;
    private Selection selection = Selection.DEFAULT;
    private boolean channelsFirst;
    private boolean sigma;

    private Conversions() {}

    static Conversions with() {
        return new Conversions();
    }

    Conversions kind(ModelConfig.Kind value) {
        kind = value;
        return this;
    }

    Conversions architecture(String name, Map<String, String> values) {
        architecture = name;
        settings = values;
        return this;
    }

    Conversions alphabet(String letters) {
        alphabet = letters;
        return this;
    }

    Conversions length(Integer value) {
        length = value;
        return this;
    }

    Conversions timeConditioning() {
        timeConditioning = true;
        return this;
    }

    Conversions label(int value) {
        label = value;
        return this;
    }

    Conversions ema() {
        selection = new Selection(Selection.Source.EMA, Optional.empty(), Optional.empty());
        return this;
    }

    Conversions channelsFirst() {
        channelsFirst = true;
        return this;
    }

    Conversions sigma() {
        sigma = true;
        return this;
    }

    /** Converts a file to a folder. */
    ModelDirectory write(Path file, Path folder) {
        ModelConversion.Request request =
                new ModelConversion.Request(
                        null,
                        kind,
                        architecture,
                        settings,
                        alphabet,
                        length,
                        null,
                        timeConditioning,
                        label,
                        null,
                        selection,
                        channelsFirst,
                        sigma,
                        "made up",
                        "CC0-1.0");
        try {
            return new ModelConversion(file, request).write(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
