package dev.tiller.finetune.job;

import dev.tiller.zoo.ModelZoo;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.zip.GZIPInputStream;

/** How long the examples of a job are, found without making or reading them. */
final class ExampleLength {
    private ExampleLength() {}

    /** Asks the pretrained model, the generator, the network, the first row of the table. */
    static OptionalInt of(TrainingJob job) {
        TrainingJob.Model model = job.model();
        TrainingJob.Data data = job.data();
        String other = model.pretrained();
        if (other == null && data != null) {
            other = data.generator();
        }
        int length = 0;
        if (other != null) {
            length = ModelZoo.find(other).config().length();
        } else if (model.config() != null) {
            length = model.config().path("length").asInt();
        }
        if (length == 0 && data != null && data.table() != null) {
            length = first(Path.of(data.table()), data.sequenceColumn());
        }
        return length > 0 ? OptionalInt.of(length) : OptionalInt.empty();
    }

    /** Returns 0 for what is not such a table; the run itself says what is wrong with it. */
    private static int first(Path table, String column) {
        if (!Files.isRegularFile(table)) {
            return 0;
        }
        try (BufferedReader rows = open(table)) {
            List<String> header = cells(rows.readLine());
            List<String> row = cells(rows.readLine());
            int position = header.indexOf(column);
            return position < 0 || position >= row.size() ? 0 : row.get(position).length();
        } catch (IOException e) {
            return 0;
        }
    }

    private static List<String> cells(String line) {
        return line == null ? List.of() : Arrays.asList(line.split("\t", -1));
    }

    private static BufferedReader open(Path table) throws IOException {
        InputStream bytes = new BufferedInputStream(Files.newInputStream(table));
        bytes.mark(2);
        boolean gzipped = bytes.read() == 0x1f && bytes.read() == 0x8b;
        bytes.reset();
        InputStream text = gzipped ? new GZIPInputStream(bytes) : bytes;
        return new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8));
    }
}
