package dev.tiller.cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The folder of a sampling run, and who may write into it. */
public final class RunFolder {
    /** What to do with a folder that holds a run. */
    public enum Existing {
        /** Refuse. */
        REFUSE,
        /** Go on with it, if it is the same job. */
        RESUME,
        /** Delete its files and start again. */
        OVERWRITE
    }

    static final String JOB = "job.yaml";
    static final String MANIFEST = "manifest.json";
    static final String FASTA = "designs.fasta";
    static final String SMILES = "designs.smi";
    static final String SDF = "designs.sdf";
    static final String SVG = "designs.svg";
    static final String STRUCTURES = "structures";
    static final String ARROW = "designs.arrow";
    private static final String JOURNAL = "designs.partial.jsonl";
    private static final List<String> FILES =
            List.of(MANIFEST, FASTA, SMILES, SDF, SVG, ARROW, JOURNAL, JOB);

    private final Path folder;
    private final boolean wasThere;

    private RunFolder(Path folder) {
        this.folder = folder;
        this.wasThere = Files.exists(folder);
    }

    /**
     * Opens the folder of a run: makes it, or checks what is there.
     *
     * @param folder the folder
     * @param job the job to run
     * @param existing what to do if it holds a run
     * @return the folder, in which {@code job.yaml} is written
     * @throws IllegalArgumentException if it holds something else, cannot be written, or the job
     *     differs from the one to resume
     * @throws IOException if a file cannot be read
     */
    public static RunFolder open(Path folder, SamplingJob job, Existing existing)
            throws IOException {
        RunFolder run = new RunFolder(folder);
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IllegalArgumentException("--out must be a folder, got the file " + folder);
        }
        boolean holdsRun = Files.exists(run.file(JOB));
        if (!holdsRun && !run.isEmpty()) {
            throw new IllegalArgumentException(
                    "--out must be a new or empty folder, or one that holds a run, got "
                            + folder
                            + ", which holds other files");
        }
        if (holdsRun && existing == Existing.REFUSE) {
            throw new IllegalArgumentException(
                    folder
                            + " holds a run; use --resume to go on with it, --overwrite to replace"
                            + " it, or another --out");
        }
        if (holdsRun && existing == Existing.RESUME) {
            SamplingJob before = JobYaml.read(run.file(JOB), SamplingJob.class);
            if (!before.sameDesigns(job)) {
                throw new IllegalArgumentException(
                        folder
                                + " holds another job; resume with the options it was started with:"
                                + " "
                                + before);
            }
        }
        if (holdsRun && existing == Existing.OVERWRITE) {
            for (String name : FILES) {
                Files.deleteIfExists(run.file(name));
            }
            run.deleteStructures();
        }
        run.writeJob(job);
        return run;
    }

    /**
     * Tells whether a folder holds a run.
     *
     * @param folder any path
     * @return true if there is a job.yaml in it
     */
    public static boolean holdsJob(Path folder) {
        return Files.exists(jobFile(folder));
    }

    /**
     * Returns the file that describes a run.
     *
     * @param folder the run's folder
     * @return its job.yaml
     */
    public static Path jobFile(Path folder) {
        return folder.resolve(JOB);
    }

    static SamplingJob job(Path folder) throws IOException {
        return JobYaml.read(jobFile(folder), SamplingJob.class);
    }

    private void writeJob(SamplingJob job) {
        try {
            Files.createDirectories(folder);
            AtomicFiles.write(file(JOB), JobYaml.write(job));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--out must be a folder that can be written, got "
                            + folder
                            + " ("
                            + e.getClass().getSimpleName()
                            + ")",
                    e);
        }
    }

    /**
     * Takes back the opening of a folder in which nothing was made, since the job proved to be
     * wrong. Leaves what was there before.
     */
    void withdraw() throws IOException {
        if (!wasThere) {
            Files.deleteIfExists(file(JOB));
            if (isEmpty()) {
                Files.deleteIfExists(folder);
            }
        }
    }

    private void deleteStructures() throws IOException {
        Path structures = file(STRUCTURES);
        if (Files.isDirectory(structures)) {
            try (Stream<Path> files = Files.list(structures)) {
                for (Path file : files.filter(f -> f.toString().endsWith(".pdb")).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private boolean isEmpty() throws IOException {
        if (!Files.isDirectory(folder)) {
            return true;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    /**
     * Tells whether the run is finished.
     *
     * @return true if the manifest, which is written last, is there, and no journal to go on with
     */
    public boolean finished() {
        return Files.exists(file(MANIFEST)) && Files.notExists(file(JOURNAL));
    }

    /**
     * Returns the folder.
     *
     * @return its path
     */
    public Path path() {
        return folder;
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    Journal journal() {
        return new Journal(file(JOURNAL));
    }
}
