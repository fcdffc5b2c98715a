package dev.tiller.finetune.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import dev.tiller.finetune.Toys;
import dev.tiller.finetune.TrainingInterruptedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The value network of SVDD-MC from roll-outs that are replaced in the course of training. */
class SoftValueJobIT {
    @TempDir private Path folder;
    private Path job;

    @BeforeEach
    void prepare() throws IOException {
        Path generator = folder.resolve("generator");
        DistillationIT.generator(generator, "ACGT", Toys.LENGTH);
        String text = Files.readString(ToyJobs.softValue(folder, generator));
        text =
                text.replace(
                        "roll_outs: 64",
                        "buffer: {trajectories: 24, refresh: 8, every: 5}, validation: 0.5");
        text = text.replace("max_steps: 40", "max_steps: 40, loss: linex, temperature: 0.1");
        job = Files.writeString(folder.resolve("buffered.yaml"), text);
    }

    private static void assertSameResults(Path expected, Path actual) throws IOException {
        for (String file :
                List.of(
                        "model/model.safetensors",
                        "model/raw.safetensors",
                        "model/README.md",
                        "model/config.json",
                        "metrics.csv")) {
            assertArrayEquals(
                    Files.readAllBytes(expected.resolve(file)),
                    Files.readAllBytes(actual.resolve(file)),
                    file);
        }
    }

    /** Stopped between two refreshes and just before one; the buffer is made anew from numbers. */
    @Test
    void endsWithTheSameBytesWhereverItWasInterrupted() throws IOException {
        Path whole = folder.resolve("whole");
        ToyJobs.run(job, whole, false, step -> false);
        Path parts = folder.resolve("parts");
        for (int stop : new int[] {7, 25}) {
            assertThrows(
                    TrainingInterruptedException.class,
                    () -> ToyJobs.run(job, parts, stop == 25, step -> step == stop));
            assertFalse(Files.exists(parts.resolve("model")));
        }
        ToyJobs.run(job, parts, true, step -> false);
        assertSameResults(whole, parts);

        String card = Files.readString(whole.resolve("model/README.md"));
        assertTrue(
                card.contains("- replay buffer: 24 trajectories, 8 new ones every 5 steps"), card);
        assertTrue(card.contains("- training states: 96\n- validation states: 48"), card);
        // 24 + 7 refreshes of 8 trajectories, 8 steps and the removal of noise, 40 training steps
        assertTrue(card.contains("| denoiser calls per step | 18.0000 |"), card);
        assertTrue(card.contains("loss: linex"), card);
        String metrics = Files.readAllLines(whole.resolve("metrics.csv")).get(0);
        assertTrue(metrics.endsWith("validation_linex,validation_pearson"), metrics);
    }

    @Test
    @Tag("slow")
    void endsWithTheSameBytesIfItWasKilled() throws Exception {
        Path whole = folder.resolve("whole");
        assertEquals(0, JobRunnerIT.child(job, whole, false).waitFor());
        Path killed = folder.resolve("killed");
        JobRunnerIT.killAfter(job, killed, "step-00000020");
        assertFalse(Files.exists(killed.resolve("model")), "killed before its end");
        assertEquals(0, JobRunnerIT.child(job, killed, true).waitFor());
        assertSameResults(whole, killed);
    }

    @Test
    void theBufferAndTheLossMatter() throws IOException {
        byte[] buffered = weights("buffered");
        assertFalse(Arrays.equals(buffered, weights("slow", "data.buffer.every=20")));
        assertFalse(Arrays.equals(buffered, weights("soft", "training.temperature=9")));
        assertArrayEquals(
                buffered,
                weights("same", "training.loss=LINEX"),
                "the case of a word does not matter");
    }

    private byte[] weights(String name, String... overrides) throws IOException {
        Path out = Files.createDirectories(folder.resolve(name));
        List<String> all = new ArrayList<>(List.of(overrides));
        all.add("training.max_steps=10");
        List<String> log = new ArrayList<>();
        new JobRunner(JobFile.read(job, all), Device.cpu(), Toys.silent(), log::add).run(out);
        assertEquals("rolling out 12 trajectories", log.get(0));
        assertTrue(log.contains("filling the buffer with 24 trajectories"), log.toString());
        return Files.readAllBytes(out.resolve("model/model.safetensors"));
    }
}
