package dev.tiller.cli.evaluate;

import dev.tiller.cli.run.DesignRow;
import dev.tiller.cli.run.FinishedRun;
import dev.tiller.rewards.molecule.drawing.MoleculeFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** Reads sets of molecules: SMILES files, plain or gzipped, and folders of sampling runs. */
public final class MoleculeSets {
    private static final String SMILES = "designs.smi";

    private MoleculeSets() {}

    /**
     * Tells whether sets are of molecules, by the names of their files.
     *
     * @param arguments the sets
     * @return true if all are; false if none is
     * @throws IllegalArgumentException if some are and some are not
     */
    public static boolean areMolecules(List<SetArgument> arguments) {
        List<String> sources = arguments.stream().flatMap(set -> set.sources().stream()).toList();
        long molecules = sources.stream().filter(MoleculeSets::isMolecules).count();
        if (molecules != 0 && molecules != sources.size()) {
            throw new IllegalArgumentException(
                    "sets must all be molecules or all be sequences, got " + sources);
        }
        return molecules > 0;
    }

    private static boolean isMolecules(String source) {
        Path path = Path.of(source);
        return source.matches(".*\\.(smi|smiles|sdf)(\\.gz)?")
                || Files.exists(path.resolve(SMILES));
    }

    /**
     * Reads the seeds of a method.
     *
     * @param argument files and folders
     * @return a set for each of them
     * @throws IllegalArgumentException if one is empty, or is no finished run
     * @throws IOException if a file cannot be read
     */
    public static List<DesignSet> read(SetArgument argument) throws IOException {
        List<DesignSet> sets = new ArrayList<>();
        for (String source : argument.sources()) {
            Path path = Path.of(source);
            List<String> designs =
                    Files.isDirectory(path)
                            ? FinishedRun.read(path).designs().stream()
                                    .map(DesignRow::design)
                                    .toList()
                            : smiles(path);
            sets.add(new DesignSet(argument.label(), sets.size() + 1, source, designs));
        }
        return sets;
    }

    /**
     * Reads a file of SMILES.
     *
     * @param file a molecule a line, its name after a blank; may be gzipped
     * @return the molecules as they are written
     * @throws IOException if it cannot be read
     */
    public static List<String> smiles(Path file) throws IOException {
        return lines(file).stream().map(Line::smiles).toList();
    }

    /**
     * A line of a file of SMILES.
     *
     * @param smiles the molecule as it is written
     * @param name its name, or the number of the molecule from 1
     */
    public record Line(String smiles, String name) {}

    /**
     * Reads a file of molecules.
     *
     * @param file SMILES, a molecule a line with its name after a blank, or SDF if the name says
     *     so; may be gzipped
     * @return the molecules with their names
     * @throws IOException if it cannot be read
     */
    public static List<Line> lines(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("a file of SMILES must exist, got " + file);
        }
        try (InputStream in = Files.newInputStream(file);
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        file.toString().endsWith(".gz")
                                                ? new GZIPInputStream(in)
                                                : in,
                                        StandardCharsets.UTF_8))) {
            if (file.toString().replace(".gz", "").endsWith(".sdf")) {
                return structures(lines, file);
            }
            List<Line> read = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    String[] parts = line.strip().split("\\s+", 2);
                    String number = Integer.toString(read.size() + 1);
                    read.add(new Line(parts[0], parts.length == 2 ? parts[1] : number));
                }
            }
            return read;
        }
    }

    private static List<Line> structures(BufferedReader in, Path file) {
        List<Line> read = new ArrayList<>();
        try {
            String text = in.lines().collect(Collectors.joining("\n", "", "\n"));
            for (MoleculeFiles.Entry entry : MoleculeFiles.readSdf(text)) {
                String number = Integer.toString(read.size() + 1);
                read.add(
                        new Line(
                                entry.smiles(),
                                entry.title().isBlank() ? number : entry.title().strip()));
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
        return read;
    }
}
