package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiller.cli.run.DesignRow;
import dev.tiller.cli.run.Method;
import dev.tiller.rewards.molecule.Smiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The built-in model of molecules with all methods that steer without gradients. */
class MoleculesIT {
    private static final String MODEL = "molecule-qm9";

    @TempDir private Path folder;

    private Path run(String name, List<Object> job, Object... more) {
        Path out = folder.resolve(name);
        CommandLineRun run = RunFiles.sample(out, job, more);
        assertEquals(0, run.exitCode(), run.err());
        return out;
    }

    private static String smiles(Path run) throws Exception {
        return Files.readString(run.resolve("designs.smi"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Method.class,
            names = {
                "UNGUIDED",
                "BEST_OF_N",
                "SVDD_PM",
                "SVDD_R",
                "IMPORTANCE_SAMPLING",
                "SMC",
                "NESTED_IS",
                "FK",
                "REFINE"
            })
    void theSeedAloneDecidesTheDesignsAlsoOfAResumedRun(Method method) throws Exception {
        List<Object> job = RunFiles.cheap(method);
        int draws = job.indexOf("--posterior-draws");
        if (draws >= 0) {
            job.subList(draws, draws + 2).clear();
        }
        job.addAll(List.of("--model", MODEL, "--steps", 5));
        Path whole = run("whole", job, "--num", 4, "--threads", 2);
        Path single = run("single", job, "--num", 4, "--threads", 1, "--batch-size", 1);
        assertEquals(smiles(whole), smiles(single));
        assertEquals(RunFiles.rows(whole), RunFiles.rows(single));
        assertNotEquals(smiles(whole), smiles(run("other", job, "--num", 4, "--seed", 1)));
    }

    @Test
    void aRunThatWasStoppedEndsWithTheSameBytes() throws Exception {
        List<Object> job = new ArrayList<>(List.of("--model", MODEL, "--steps", 5));
        Path whole = run("whole", job, "--num", 3);
        Path one = run("one", job, "--num", 1);
        Path stopped = Files.createDirectories(folder.resolve("stopped"));
        Files.copy(whole.resolve("job.yaml"), stopped.resolve("job.yaml"));
        Map<String, Object> batch =
                Map.of("designs", RunFiles.rows(one), "counts", Map.of(), "seconds", 1.0);
        Files.writeString(
                stopped.resolve("designs.partial.jsonl"),
                new ObjectMapper().writeValueAsString(batch) + "\n");
        CommandLineRun resumed =
                CommandLineRun.of("sample", "--resume", "--quiet", "--out", stopped);
        assertEquals(0, resumed.exitCode(), resumed.err());
        for (String file : List.of("designs.smi", "designs.sdf", "designs.svg", "designs.arrow")) {
            assertEquals(-1, Files.mismatch(whole.resolve(file), stopped.resolve(file)), file);
        }
    }

    @Test
    void leavesTheFilesOfChemistry() throws Exception {
        Path run =
                run(
                        "run",
                        List.of("--model", MODEL, "--method", "unguided", "--steps", 60),
                        "--num",
                        12);
        List<DesignRow> rows = RunFiles.rows(run);
        List<String> lines = smiles(run).lines().toList();
        List<DesignRow> molecules = rows.stream().filter(r -> !r.design().isEmpty()).toList();
        assertEquals(molecules.stream().map(r -> r.design() + "\t" + r.sampleId()).toList(), lines);
        for (DesignRow row : molecules) {
            assertEquals(row.design(), Smiles.canonical(row.design()));
            assertTrue(row.reward() > 0 && row.reward() < 1, "qed " + row.reward());
            assertTrue(row.columns().get("atoms") >= 1, row.toString());
            assertTrue(List.of(0.0, 1.0).contains(row.columns().get("valid")), row.toString());
        }
        String sdf = Files.readString(run.resolve("designs.sdf"));
        assertEquals(molecules.size(), sdf.split("M  END", -1).length - 1);
        assertTrue(sdf.contains("> <reward>"), sdf);
        assertTrue(Files.readString(run.resolve("designs.svg")).contains("<svg"));
        assertFalse(Files.exists(run.resolve("designs.fasta")));
    }

    @Test
    void scoresAndEvaluatesMolecules() throws Exception {
        Path run = run("run", List.of("--model", MODEL, "--method", "unguided", "--steps", 60));
        CommandLineRun scored =
                CommandLineRun.of("score", "--reward", "qed", run.resolve("designs.smi"));
        assertEquals(0, scored.exitCode(), scored.err());
        List<String> lines = scored.out().lines().toList();
        assertEquals(smiles(run).lines().count() + 1, lines.size());
        CommandLineRun structures =
                CommandLineRun.of("score", "--reward", "qed", run.resolve("designs.sdf"));
        assertEquals(0, structures.exitCode(), structures.err());
        assertEquals(scored.out(), structures.out());
        DesignRow first = RunFiles.rows(run).get(0);
        assertTrue(
                lines.get(1).startsWith(String.format(Locale.ROOT, "0\t%.4f\t", first.reward())),
                lines.get(1));
        Path table = folder.resolve("table");
        CommandLineRun evaluated =
                CommandLineRun.of(
                        "evaluate",
                        "mine=" + run,
                        "--reward",
                        "qed",
                        "--reference",
                        run.resolve("designs.smi"),
                        "--out",
                        table);
        assertEquals(0, evaluated.exitCode(), evaluated.err());
        String csv = Files.readString(table.resolve("evaluation.csv"));
        for (String column : List.of("valid_share", "novel_share", "descriptor_distance")) {
            assertTrue(csv.contains(column), csv);
        }
        CommandLineRun refused =
                CommandLineRun.of("evaluate", run, "--pretrained", "rna-utr5", "--out", table);
        assertEquals(2, refused.exitCode());
        assertTrue(refused.err().contains("--pretrained has no effect without"), refused.err());
    }

    static Stream<Arguments> misfits() {
        return Stream.of(
                Arguments.of("--method dps", "--method dps needs gradients by letters"),
                Arguments.of("--letters 2 --method refine", "--letters belongs to sequences"),
                Arguments.of("--sampler first-hitting", "--sampler belongs to sequences"),
                Arguments.of("--constraint forbid=A", "--constraint belongs to sequences"),
                Arguments.of("--posterior soft", "--posterior mode or draws"),
                Arguments.of("--reward gc-content", "must read the molecules of model"),
                Arguments.of("--eta 0.5", "--eta has no effect with --predictor reverse"),
                Arguments.of("--snr 0.1 --corrector-steps 0", "--snr has no effect"),
                Arguments.of("--snr 0", "--snr must be above 0 and finite, got 0.0"),
                Arguments.of("--steps 1", "steps must be at least 2, got 1"));
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void refusesWhatMoleculesDoNotHave(String options, String line) {
        List<Object> arguments = new ArrayList<>(List.of("--model", MODEL));
        arguments.addAll(List.of(options.split(" ")));
        Path out = folder.resolve("out");
        CommandLineRun run = RunFiles.sample(out, arguments);
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains(line), run.err());
        assertFalse(Files.exists(out));
    }

    @Test
    void sequencesHaveNoPredictor() {
        CommandLineRun run = RunFiles.sample(folder.resolve("out"), List.of("--snr", 0.1));
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains("--snr belongs to molecules"), run.err());
    }
}
