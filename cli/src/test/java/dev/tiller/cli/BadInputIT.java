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
                Arguments.of("--model nope", "unknown model 'nope'; built-in models: dna-enhancer"),
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
                Arguments.of("--method smc --particles 0", "--particles must be at least 1, got 0"),
                Arguments.of("--every 0", "--every must be at least 1, got 0"),
                Arguments.of(
                        "--every 9 --steps 8",
                        "--every must be at most the 8 steps of the run, got 9"),
                Arguments.of(
                        "--method fk --start-step 8 --steps 8",
                        "--start-step must be below the 8 steps of the run, got 8"),
                Arguments.of("--method fk --ess-threshold 2", "--ess-threshold must be in [0, 1]"),
                Arguments.of("--method svdd-r --worst-share -1", "--worst-share must be in [0, 1]"),
                Arguments.of("--method dps --strength NaN", "--strength must be finite, got NaN"),
                Arguments.of("--method refine --rounds 0", "--rounds must be at least 1, got 0"),
                Arguments.of(
                        "--method refine --letters 2 --share 0.5",
                        "--letters and --share exclude each other"),
                Arguments.of(
                        "--method refine --letters 51 --steps 1 --num 1",
                        "letters must be at most the number of letters that are not fixed, 50"),
                Arguments.of("--method refine --share 0", "share must be in (0, 1], got 0.0"),
                Arguments.of("--method refine --until NaN", "--until must be a number, got NaN"),
                Arguments.of("--posterior-draws 0", "--posterior-draws must be in [1, 1024]"),
                Arguments.of("--screen mode", "--screen and --screen-top belong together"),
                Arguments.of("--screen-top 3", "--screen and --screen-top belong together"),
                Arguments.of(
                        "--screen mode --screen-top 11",
                        "--screen-top must be in [1, 10], the candidates, got 11"),
                Arguments.of(
                        "--adaptive-first 1 --adaptive-spread 1",
                        "--adaptive-first must be at least 2, got 1"),
                Arguments.of(
                        "--adaptive-first 11 --adaptive-spread 1",
                        "--adaptive-first must be in [1, 10], the candidates, got 11"),
                Arguments.of(
                        "--adaptive-first 2 --adaptive-spread -1",
                        "--adaptive-spread must be at least 0 and finite, got -1.0"),
                Arguments.of(
                        "--method smc --temperature 0",
                        "--temperature must be above 0 with --method smc, got 0.0"),
                Arguments.of(
                        "--method refine --accept metropolis",
                        "--temperature must be above 0 with --accept metropolis, got 0.0"),
                Arguments.of(
                        "--method dps --candidates 3",
                        "--candidates has no effect with --method dps, got 3; leave it out"),
                Arguments.of(
                        "--method smc --potential sum",
                        "--potential has no effect with --method smc, got sum; leave it out"),
                Arguments.of(
                        "--method smc --value learned --posterior mode",
                        "--posterior has no effect with --value learned"),
                Arguments.of(
                        "--method dps --reward rna-mfe",
                        "methods that need no gradient are svdd-pm, svdd-mc, svdd-r, smc, fk,"),
                Arguments.of(
                        "--posterior soft --reward rna-mfe",
                        "must have a gradient, got 'rna-mfe', which has none"),
                Arguments.of(
                        "--method refine --seed-sequences no.fasta",
                        "file must exist, got no.fasta"),
                Arguments.of(
                        "--seed-sequences no.fasta",
                        "--seed-sequences has no effect with --method svdd-pm"),
                Arguments.of(
                        "--value-network x", "--value-network has no effect with no learned value"),
                Arguments.of(
                        "--method svdd-mc --value-network rna-utr5-mrl",
                        "model 'rna-utr5-mrl' must be of kind value, got reward"),
                Arguments.of("--class 0", "must be one of its 0 classes, from 0, got 0"),
                Arguments.of("--class-weight 2", "--class-weight has no effect with no --class"),
                Arguments.of("--length 9", "--length has no effect with --model rna-utr5"),
                Arguments.of(
                        "--model uniform --length 12 --num 1 --steps 1 --method unguided",
                        "designs for reward 'mrl' must have 50 letters each, got 12"),
                Arguments.of("--model uniform --length 0", "--length must be at least 1, got 0"),
                Arguments.of(
                        "--model uniform --alphabet AAC",
                        "--alphabet must be one or more different letters, got 'AAC'"),
                Arguments.of("--plugins no.jar", "plug-in must be a jar or a folder of jars, got"),
                Arguments.of("--max-reward-calls 0", "--max-reward-calls must be at least 1"),
                Arguments.of("--reward no.yaml", "file must exist, got no.yaml"),
                Arguments.of("--constraint forbid", "KEY=VALUE"),
                Arguments.of("--constraint fobrid=A", "constraints has no key fobrid; the keys"),
                Arguments.of("--constraint fixed=ATG", "must be POSITION:LETTERS"),
                Arguments.of("--constraint fixed=49:ATG", "positions in 1-50, the length"),
                Arguments.of("--constraint template=ACG", "each of the 50 positions, got 3"),
                Arguments.of("--constraint tied=1-3=9-10", "ranges of equal length"),
                Arguments.of("--constraint file=no.yaml", "file must exist, got no.yaml"),
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
    void refusesSeedSequencesThatDoNotFit() throws Exception {
        Path seeds = folder.resolve("s.fasta");
        for (List<String> bad :
                List.of(
                        List.of(
                                ">a\n" + "ACGX" + "A".repeat(46),
                                "s.fasta:2:4: illegal letter 'X'"),
                        List.of(">a\nACGT", "must have 50 letters each, got 4 in 'a'"))) {
            Files.writeString(seeds, bad.get(0));
            CommandLineRun run =
                    CommandLineRun.of(
                            "sample",
                            "--method",
                            "refine",
                            "--seed-sequences",
                            seeds,
                            "--out",
                            folder.resolve("out"));
            assertEquals(2, run.exitCode());
            assertTrue(run.err().contains(bad.get(1)), run.err());
            assertEquals(1, run.err().lines().count());
            assertFalse(Files.exists(folder.resolve("out")));
        }
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
