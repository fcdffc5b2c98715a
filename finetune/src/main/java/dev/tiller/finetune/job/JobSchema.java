package dev.tiller.finetune.job;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The JSON Schema (draft 2020-12) of job files, with which editors complete and check them. */
public final class JobSchema {
    private static final String RESOURCE = "job.schema.json";

    private JobSchema() {}

    /**
     * Returns the schema.
     *
     * @return its text
     */
    public static String text() {
        try (InputStream in = JobSchema.class.getResourceAsStream(RESOURCE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
