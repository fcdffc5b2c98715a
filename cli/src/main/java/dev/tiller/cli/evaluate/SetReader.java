package dev.tiller.cli.evaluate;

import dev.tiller.cli.run.DesignRow;
import dev.tiller.cli.run.FinishedRun;
import dev.tiller.rewards.Condition;
import dev.tiller.rewards.sequence.Fasta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads sets of designs: FASTA files, plain or gzipped, and folders of sampling runs. */
public final class SetReader {
    private static final String FASTA = "designs.fasta";

    private SetReader() {}

    /**
     * Reads the seeds of a method.
     *
     * @param argument files and folders
     * @param letters the letters that everything that is to read the designs knows
     * @return a set for each of them
     * @throws IllegalArgumentException if one is empty, has other letters, or is no finished run
     * @throws IOException if a file cannot be read
     */
    public static List<DesignSet> read(SetArgument argument, String letters) throws IOException {
        List<DesignSet> sets = new ArrayList<>();
        for (String source : argument.sources()) {
            Path path = Path.of(source);
            List<String> designs = designs(path, letters);
            List<Condition> conditions =
                    Files.isDirectory(path) ? FinishedRun.conditions(path) : List.of();
            sets.add(new DesignSet(argument.label(), sets.size() + 1, source, designs, conditions));
        }
        return sets;
    }

    private static List<String> designs(Path source, String letters) throws IOException {
        if (!Files.exists(source)) {
            throw new IllegalArgumentException(
                    "a set must be a FASTA file or a run folder, got "
                            + source
                            + ", which does not exist");
        }
        if (!Files.isDirectory(source)) {
            return sequences(source, letters);
        }
        if (Files.exists(source.resolve(FASTA))) {
            return sequences(source.resolve(FASTA), letters);
        }
        List<String> designs =
                FinishedRun.read(source).designs().stream().map(DesignRow::design).toList();
        designs.forEach(design -> Letters.require(design, letters, source.toString()));
        return designs;
    }

    private static List<String> sequences(Path fasta, String letters) throws IOException {
        return Fasta.read(fasta, letters).stream().map(Fasta.Record::sequence).toList();
    }
}
