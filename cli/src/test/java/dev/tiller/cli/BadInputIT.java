package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad input: one clear line, exit code 2, nothing written. */
class BadInputIT {
    @TempDir private Path folder;

    static Stream<Arguments> options() {
        return Stream.of(
                Arguments.of("--model nope", "unknown model 'nope'; built-in models: rna-utr5"),
                Arguments.of("--reward mlr", "unknown reward 'mlr'; known rewards: "),
                Arguments.of(
                        "--method tsd",
                        "unknown value 'tsd'; known: unguided, best-of-n, importance"),
                Arguments.of("--sampler x", "unknown value 'x'; known: ancestral, first-hitting"),
                Arguments.of("--num 0", "--num must be at least 1, got 0"),
                Arguments.of("--candidates 0", "--candidates must be at least 1, got 0"),
                Arguments.of("--steps 0", "--steps must be at least 1, got 0"),
                Arguments.of("--threads 0", "--threads must be at least 1, got 0"),
                Arguments.of("--batch-size -1", "--batch-size must be at least 1, got -1"),
                Arguments.of(
                        "--temperature -1",
                        "--temperature must be at least 0 and finite, got -1.0"),
                Arguments.of(
                        "--temperature NaN",
                        "--temperature must be at least 0 and finite, got NaN"),
                Arguments.of("--num many", "Invalid value for option '--num'"),
                Arguments.of(
                        "--method unguided --candidates 5",
                        "--candidates has no effect with --method unguided"),
                Arguments.of(
                        "--method best-of-n --temperature 1",
                        "--temperature has no effect with --method best-of-n"),
                Arguments.of(
                        "--method svdd-mc --posterior-draws 2",
                        "--posterior-draws has no effect with --method svdd-mc"),
                Arguments.of(
                        "--sampler first-hitting --steps 9",
                        "--steps has no effect with --sampler first-hitting"),
                Arguments.of(
                        "--method svdd-mc --reward gc-content",
                        "--method svdd-mc needs a value network of reward 'gc-content'"),
                Arguments.of("--model rna-utr5-mrl", "must be of kind denoiser, got reward"),
                Arguments.of(
                        "--device gpu:7", "--device must be a GPU that PyTorch sees, got gpu:7"),
                Arguments.of("--device tpu", "--device must be auto, cpu or gpu:N, got 'tpu'"),
                Arguments.of(
                        "--reward gc-content --reward-option target=2",
                        "target must be in [0, 1], got 2.0"),
                Arguments.of("--reward gc-content --reward-option traget=0.4", "target"),
                Arguments.of("--job nowhere.yaml", "job file must exist, got nowhere.yaml"),
                Arguments.of("--resume --overwrite", "mutually exclusive"),
                Arguments.of("--frobnicate", "Unknown option: '--frobnicate'"));
    }

    @ParameterizedTest
    @MethodSource("options")
    void refusesOptions(String options, String text) {
        Path out = folder.resolve("out");
        List<Object> arguments = new ArrayList<>(List.of("sample", "--out", out, "--quiet"));
        arguments.addAll(Arrays.asList(options.split(" ")));
        CommandLineRun run = CommandLineRun.of(arguments.toArray());
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains(text), run.err());
        assertTrue(run.err().startsWith("tiller: "), run.err());
        String[] lines = run.err().strip().split("\n");
        boolean hinted = lines.length == 2 && lines[1].startsWith("Try 'tiller sample --help'");
        assertTrue(lines.length == 1 || hinted, run.err());
        assertFalse(Files.exists(out), "nothing is written");
        assertEquals("", run.out());
    }

    @Test
    void refusesAFolderThatCannotBeWritten() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        for (Path out : List.of(file, file.resolve("below"))) {
            CommandLineRun run = CommandLineRun.of("sample", "--num", 1, "--out", out);
            assertEquals(2, run.exitCode(), run.err());
            assertTrue(run.err().contains("--out must be a folder"), run.err());
        }
        assertEquals("not a folder", Files.readString(file));
    }

    @Test
    void refusesAFolderOfOtherFiles() throws Exception {
        Path thesis = Files.writeString(folder.resolve("thesis.txt"), "years of work");
        CommandLineRun run = CommandLineRun.of("sample", "--out", folder, "--overwrite");
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("which holds other files"), run.err());
        assertEquals("years of work", Files.readString(thesis));
    }

    @Test
    void refusesAJobWithAnUnknownKey() throws Exception {
        Path job = Files.writeString(folder.resolve("job.yaml"), "model: rna-utr5\nsteeps: 3\n");
        CommandLineRun run =
                CommandLineRun.of("sample", "--job", job, "--out", folder.resolve("o"));
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("job.yaml:2: unknown key 'steeps'"), run.err());
    }

    @Test
    void refusesIllegalLetters() throws Exception {
        Path fasta = folder.resolve("x.fasta");
        Files.writeString(fasta, ">a\nACGTACGT\n>b\nACGTXCGT\n");
        CommandLineRun run = CommandLineRun.of("score", "--reward", "gc-content", fasta);
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("x.fasta:4:5: illegal letter 'X'"), run.err());
        assertEquals("", run.out());
    }

    @Test
    void refusesDesignsOfAnotherLength() throws Exception {
        Path fasta = Files.writeString(folder.resolve("x.fasta"), ">a\nACGTACGT\n");
        CommandLineRun run = CommandLineRun.of("score", "--reward", "mrl", fasta);
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("must have 50 letters each, got 8"), run.err());
    }

    @Test
    void refusesAMissingFile() {
        CommandLineRun run = CommandLineRun.of("score", "--reward", "gc-content", "nowhere.fasta");
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("nowhere.fasta"), run.err());
    }

    @Test
    void refusesAModelThatTheRewardCannotRead() {
        CommandLineRun run =
                CommandLineRun.of(
                        "sample", "--reward", ProteinOnly.NAME, "--out", folder.resolve("out"));
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("must read every letter of model 'rna-utr5'"), run.err());
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void showsTheStackTraceWhenAsked() {
        CommandLineRun run = CommandLineRun.of("--stacktrace", "sample", "--model", "nope");
        assertTrue(run.err().contains("at dev.tiller."), run.err());
    }
}
