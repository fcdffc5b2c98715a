package dev.tiller.zoo.registry;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The contents of a {@code remote.json}.
 *
 * @param models the models in their order, each name once
 */
record RemoteList(List<RemoteModel> models) {
    /** The name of such a file in a folder of models. */
    static final String FILE = "remote.json";

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .build();

    RemoteList {
        if (models == null || models.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException(
                    "models must be objects, got " + (models == null ? "none" : "null"));
        }
        models = List.copyOf(models);
        Set<String> names = new HashSet<>();
        for (RemoteModel model : models) {
            if (!names.add(model.name())) {
                throw new IllegalArgumentException(
                        "models must have different names, got '" + model.name() + "' twice");
            }
        }
    }

    /** Reads the list that comes with the program. */
    static RemoteList builtIn() {
        try (InputStream in = RemoteList.class.getResourceAsStream(FILE)) {
            return parse("resource:" + FILE, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a list.
     *
     * @throws IllegalArgumentException if it is malformed
     * @throws IOException if it cannot be read
     */
    static RemoteList read(Path file) throws IOException {
        return parse(file.toString(), Files.readAllBytes(file));
    }

    private static RemoteList parse(String file, byte[] json) {
        try {
            RemoteList list = JSON.readValue(json, RemoteList.class);
            if (list == null) {
                throw new IllegalArgumentException(file + ": must hold an object, got null");
            }
            return list;
        } catch (ValueInstantiationException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalArgumentException(file + ": " + cause.getMessage(), e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
