package dev.tiller.finetune.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobFolderTest {
    @TempDir private Path parent;
    private Path out;

    @BeforeEach
    void name() {
        out = parent.resolve("deep/out");
    }

    private static TrainingJob job(String... overrides) throws IOException {
        return JobFile.read(Path.of("..", "recipes", "rna-utr5.yaml"), List.of(overrides));
    }

    private String refusal(TrainingJob job, boolean resume) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> JobFolder.open(out, job, resume, false))
                .getMessage();
    }

    @Test
    void writesTheJobItRuns() throws IOException {
        TrainingJob job = job("training.max_steps=7");
        JobFolder.open(out, job, false, false);
        assertEquals(job, JobFile.read(out.resolve("job.yaml"), List.of()));
        try (Stream<Path> files = Files.list(out)) {
            assertEquals(List.of(out.resolve("job.yaml")), files.toList());
        }
    }

    @Test
    void resumesTheSameJobOnly() throws IOException {
        JobFolder.open(out, job(), false, false);
        Files.createDirectories(out.resolve("checkpoints/step-00000001"));
        JobFolder.open(out, job(), true, false);
        assertTrue(Files.exists(out.resolve("checkpoints/step-00000001")));
        assertEquals(
                out
                        + " holds another job ('seed: 1' where this job has 'seed: 5'); resume with"
                        + " the job in "
                        + out.resolve("job.yaml"),
                refusal(job("seed=5"), true));
        assertEquals(
                out
                        + " holds a run; use --resume to go on with it, --overwrite to replace it,"
                        + " or another --out",
                refusal(job(), false));
    }

    @Test
    void startsWhereARunWasKilledAtItsFirstBreath() throws IOException {
        Files.createDirectories(out);
        Files.writeString(out.resolve("job.yaml.unfinished"), "nam");
        JobFolder.open(out, job(), true, false);
        assertEquals(job(), JobFile.read(out.resolve("job.yaml"), List.of()));
        assertFalse(Files.exists(out.resolve("job.yaml.unfinished")));
    }

    /** Overwriting deletes what a run wrote, and nothing else. */
    @Test
    void overwritesARun() throws IOException {
        JobFolder.open(out, job(), false, false);
        Files.createDirectories(out.resolve("checkpoints/step-00000001"));
        Files.createDirectories(out.resolve("model"));
        Files.writeString(out.resolve("model/config.json"), "{}");
        Files.writeString(out.resolve("metrics.csv"), "step");
        Files.writeString(out.resolve("result.json"), "{}");
        Files.writeString(out.resolve("log.txt"), "training");
        Files.writeString(out.resolve("events.out.tfevents.17.0.1"), "");
        assertTrue(JobFolder.finished(out));
        Files.writeString(out.resolve("notes.txt"), "mine");
        JobFolder.open(out, job("seed=5"), false, true);
        assertEquals(5, JobFile.read(out.resolve("job.yaml"), List.of()).seed());
        assertFalse(JobFolder.finished(out));
        try (Stream<Path> files = Files.list(out)) {
            assertEquals(
                    List.of("job.yaml", "notes.txt"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        assertEquals("mine", Files.readString(out.resolve("notes.txt")));
    }

    @Test
    void checksWithoutWriting() throws IOException {
        JobFolder.check(out, job(), false, false);
        assertFalse(Files.exists(out));
        JobFolder.open(out, job(), false, false);
        JobFolder.check(out, job("seed=5"), false, true);
        assertEquals(1, JobFile.read(out.resolve("job.yaml"), List.of()).seed());
        assertThrows(
                IllegalArgumentException.class,
                () -> JobFolder.check(out, job("seed=5"), true, false));
    }

    @Test
    void touchesNoFolderOfOthers() throws IOException {
        Files.createDirectories(out);
        JobFolder.open(out, job(), false, false);
        out = parent.resolve("photos");
        Files.createDirectories(out);
        Files.writeString(out.resolve("a.jpg"), "");
        assertEquals(
                "out must be a new or empty folder, or one that holds a run, got " + out,
                refusal(job(), false));
        assertEquals(refusal(job(), false), refusal(job(), true));
        out = out.resolve("a.jpg");
        assertEquals("out must be a folder, got the file " + out, refusal(job(), false));
        out = out.resolve("below");
        assertEquals("out must be a folder that can be written, got " + out, refusal(job(), true));
    }
}
