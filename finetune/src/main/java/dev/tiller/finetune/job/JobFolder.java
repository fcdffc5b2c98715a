package dev.tiller.finetune.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folder of a training run, and who may write into it. */
public final class JobFolder {
    private static final String JOB = "job.yaml";
    private static final String UNFINISHED = JOB + ".unfinished";
    private static final List<String> CONTENTS =
            List.of("checkpoints", "model", "metrics.csv", JOB);

    private JobFolder() {}

    /**
     * Opens a folder for a job and writes {@code job.yaml} into it.
     *
     * @param folder the folder
     * @param job the resolved job
     * @param resume whether to go on with a run that is there; it must be the same job
     * @param overwrite whether to delete a run that is there
     * @throws IOException if a file cannot be read or deleted
     * @throws IllegalArgumentException if the folder holds something else or cannot be written
     */
    public static void open(Path folder, TrainingJob job, boolean resume, boolean overwrite)
            throws IOException {
        Path file = folder.resolve(JOB);
        String text = JobFile.write(job);
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IllegalArgumentException("out must be a folder, got the file " + folder);
        }
        if (Files.exists(file)) {
            if (overwrite) {
                for (String name : CONTENTS) {
                    delete(folder.resolve(name));
                }
            } else if (!resume) {
                throw new IllegalArgumentException(
                        folder
                                + " holds a run; use --resume to go on with it, --overwrite to"
                                + " replace it, or another --out");
            } else if (!Files.readString(file).equals(text)) {
                throw new IllegalArgumentException(
                        folder + " holds another job; resume with the job in " + file);
            }
        } else if (Files.exists(folder) && !isEmpty(folder)) {
            throw new IllegalArgumentException(
                    "out must be a new or empty folder, or one that holds a run, got " + folder);
        }
        try {
            Files.createDirectories(folder);
            Path temporary = folder.resolve(UNFINISHED);
            Files.writeString(temporary, text);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "out must be a folder that can be written, got " + folder, e);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            // all that a run which was killed at its first breath has written
            return entries.allMatch(entry -> entry.endsWith(UNFINISHED));
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.notExists(path)) {
            return;
        }
        try (Stream<Path> entries = Files.walk(path)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        }
    }
}
