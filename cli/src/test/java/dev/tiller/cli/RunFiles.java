package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiller.cli.run.DesignRow;
import dev.tiller.cli.run.FinishedRun;
import dev.tiller.cli.run.Method;
import dev.tiller.rewards.sequence.Fasta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What tests of {@code tiller sample} do again and again. */
final class RunFiles {
    private RunFiles() {}

    /** Options that make a method cheap; those of methods that come later are empty. */
    static List<Object> cheap(Method method) {
        List<Object> options = new ArrayList<>(List.of("--method", method));
        List<String> has = List.copyOf(method.settings().keySet());
        for (String size : List.of("candidates", "particles", "posteriorDraws", "rounds")) {
            if (has.contains(size)) {
                options.add(size.equals("posteriorDraws") ? "--posterior-draws" : "--" + size);
                options.add(size.equals("rounds") || size.equals("posteriorDraws") ? 2 : 3);
            }
        }
        if (has.contains("strength")) {
            options.addAll(List.of("--strength", 4));
        }
        return options;
    }

    static CommandLineRun sample(Path out, List<Object> options, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("sample", "--quiet", "--out", out));
        arguments.addAll(options);
        arguments.addAll(Arrays.asList(more));
        return CommandLineRun.of(arguments.toArray());
    }

    /** Runs to success and returns the bytes of the designs. */
    static String designs(Path out, List<Object> options, Object... more) throws IOException {
        CommandLineRun run = sample(out, options, more);
        assertEquals(0, run.exitCode(), run.err());
        return fasta(out);
    }

    static String fasta(Path run) throws IOException {
        return Files.readString(run.resolve("designs.fasta"));
    }

    static List<String> sequences(Path run) throws IOException {
        return Fasta.read(run.resolve("designs.fasta"), "ACGT").stream()
                .map(Fasta.Record::sequence)
                .toList();
    }

    static List<DesignRow> rows(Path run) throws IOException {
        return FinishedRun.read(run).designs();
    }

    static JsonNode manifest(Path run) throws IOException {
        return new ObjectMapper().readTree(run.resolve("manifest.json").toFile());
    }
}
