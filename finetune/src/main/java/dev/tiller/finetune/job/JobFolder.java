package dev.tiller.finetune.job;

import dev.tiller.finetune.log.EventFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folder of a training run, and who may write into it. */
public final class JobFolder {
    /** Name of the file that receives what a run tells of itself. */
    public static final String LOG = "log.txt";

    private static final String JOB = "job.yaml";
    private static final String UNFINISHED = JOB + ".unfinished";
    private static final List<String> CONTENTS =
            List.of("checkpoints", "model", JobResult.FILE, "metrics.csv", LOG, JOB);

    private JobFolder() {}

    /**
     * Deletes the folder of a run that was refused before its first step.
     *
     * @param folder a folder that was made for it
     * @throws IOException if it cannot be deleted
     */
    public static void discard(Path folder) throws IOException {
        if (Files.notExists(folder.resolve("checkpoints"))) {
            Files.deleteIfExists(folder.resolve(JOB));
            Files.deleteIfExists(folder.resolve(LOG));
            if (isEmpty(folder)) {
                Files.delete(folder);
            }
        }
    }

    /**
     * Checks that a job may use a folder; writes nothing.
     *
     * @param folder the folder
     * @param job the resolved job
     * @param resume whether to go on with a run that is there; it must be the same job
     * @param overwrite whether a run that is there is to be deleted
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if the folder holds something else
     */
    public static void check(Path folder, TrainingJob job, boolean resume, boolean overwrite)
            throws IOException {
        Path file = folder.resolve(JOB);
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IllegalArgumentException("out must be a folder, got the file " + folder);
        }
        if (Files.exists(file)) {
            if (!overwrite && !resume) {
                throw new IllegalArgumentException(
                        folder
                                + " holds a run; use --resume to go on with it, --overwrite to"
                                + " replace it, or another --out");
            }
            String there = Files.readString(file);
            if (!overwrite && !there.equals(JobFile.write(job))) {
                throw new IllegalArgumentException(
                        folder
                                + " holds another job"
                                + difference(there, JobFile.write(job))
                                + "; resume with the job in "
                                + file);
            }
        } else if (Files.exists(folder) && !isEmpty(folder)) {
            throw new IllegalArgumentException(
                    "out must be a new or empty folder, or one that holds a run, got " + folder);
        }
    }

    /** Names the first line in which two jobs differ. */
    private static String difference(String there, String here) {
        List<String> theirs = there.lines().toList();
        List<String> ours = here.lines().toList();
        for (int i = 0; i < Math.min(theirs.size(), ours.size()); i++) {
            if (!theirs.get(i).equals(ours.get(i))) {
                return " ('"
                        + theirs.get(i).strip()
                        + "' where this job has '"
                        + ours.get(i).strip()
                        + "')";
            }
        }
        return "";
    }

    /**
     * Tells whether a folder holds the finished run of a job that may use it.
     *
     * @param folder the folder
     * @return true if so
     */
    public static boolean finished(Path folder) {
        return Files.exists(folder.resolve(JobResult.FILE));
    }

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
        check(folder, job, resume, overwrite);
        Path file = folder.resolve(JOB);
        if (overwrite && Files.exists(file)) {
            for (String name : CONTENTS) {
                delete(folder.resolve(name));
            }
            for (Path events : eventFiles(folder)) {
                delete(events);
            }
        }
        try {
            Files.createDirectories(folder);
            Path temporary = folder.resolve(UNFINISHED);
            Files.writeString(temporary, JobFile.write(job));
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "out must be a folder that can be written, got " + folder, e);
        }
    }

    private static List<Path> eventFiles(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(EventFile::isOne).toList();
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
