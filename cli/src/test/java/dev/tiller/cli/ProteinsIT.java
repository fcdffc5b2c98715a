package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.cli.run.DesignRow;
import dev.tiller.cli.run.Method;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Backbones;
import dev.tiller.rewards.protein.Residue;
import dev.tiller.rewards.protein.Structure;
import dev.tiller.rewards.protein.StructureFile;
import java.io.IOException;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The built-in model of proteins, on structures of different lengths. */
class ProteinsIT {
    private static final String MODEL = "protein-inverse-folding";

    @TempDir private Path folder;

    private Path run(String name, List<?> job, Object... more) {
        Path out = folder.resolve(name);
        List<Object> all = new ArrayList<>(job);
        all.addAll(List.of("--model", MODEL));
        CommandLineRun run = RunFiles.sample(out, all, more);
        assertEquals(0, run.exitCode(), run.err());
        return out;
    }

    /** The example, or a part of it, moved along x and with another chain. */
    private static List<Residue> residues(int from, int to, float shift, String chain) {
        List<Residue> residues = new ArrayList<>();
        for (Residue residue : Backbones.example().residues().subList(from, to)) {
            float[] atoms = residue.atoms().clone();
            for (int i = 0; i < atoms.length; i += 3) {
                atoms[i] += shift;
            }
            residues.add(new Residue(chain, residue.number(), ' ', residue.letter(), atoms));
        }
        return residues;
    }

    private Path structure(String name, List<Residue> residues) throws IOException {
        Path file = folder.resolve(name + ".pdb");
        Backbone backbone = new Backbone(name, residues);
        double[] factors = new double[backbone.length()];
        StructureFile.write(file, backbone, backbone.sequence(), factors);
        return file;
    }

    private Path shorter() throws IOException {
        return structure("shorter", residues(5, 40, 0, "A"));
    }

    private Path dimer() throws IOException {
        List<Residue> residues = residues(0, 30, 0, "A");
        residues.addAll(residues(0, 30, 40, "B"));
        return structure("dimer", residues);
    }

    private static List<String> sequences(Path run) throws IOException {
        return RunFiles.rows(run).stream().map(DesignRow::design).toList();
    }

    @ParameterizedTest
    @EnumSource(
            value = Method.class,
            names = {"SVDD_MC"},
            mode = EnumSource.Mode.EXCLUDE)
    void theSeedAloneDecidesTheDesigns(Method method) throws Exception {
        List<Object> job = new ArrayList<>(RunFiles.cheap(method));
        job.addAll(List.of("--steps", 4, "--structures", "helix-bundle," + shorter()));
        Path whole = run("whole", job, "--num", 4, "--threads", 2);
        Path single = run("single", job, "--num", 4, "--threads", 1, "--batch-size", 1);
        assertEquals(RunFiles.rows(whole), RunFiles.rows(single));
        assertEquals(
                Files.readString(whole.resolve("designs.fasta")),
                Files.readString(single.resolve("designs.fasta")));
        assertNotEquals(sequences(whole), sequences(run("other", job, "--num", 4, "--seed", 1)));
    }

    @ParameterizedTest
    @MethodSource("samplers")
    void aProteinAloneAndAmongOthersGetsTheSameSequences(String sampler) throws Exception {
        List<Object> job = new ArrayList<>(List.of("--method", "svdd-pm", "--candidates", 2));
        job.addAll(Arrays.asList((Object[]) sampler.split(" ")));
        Path mixed =
                run(
                        "mixed",
                        job,
                        "--num",
                        6,
                        "--structures",
                        "helix-bundle," + shorter() + "," + dimer());
        Path alone = run("alone", job, "--num", 2, "--structures", shorter());
        List<String> all = sequences(mixed);
        assertEquals(List.of(all.get(1), all.get(4)), sequences(alone));
        assertEquals(35, all.get(1).length());
        assertEquals(60, all.get(2).length());
    }

    static Stream<String> samplers() {
        return Stream.of("--steps 6", "--sampler first-hitting");
    }

    @Test
    void keepsFixedExcludedAndTiedLetters() throws Exception {
        Path bias = Files.writeString(folder.resolve("bias.txt"), "# two residues\nA3,B3 W 60\n");
        Path run =
                run(
                        "run",
                        List.of("--method", "unguided", "--reward", "gravy", "--steps", 8),
                        "--num",
                        3,
                        "--structures",
                        dimer(),
                        "--tied-chains",
                        "B,A",
                        "--fixed",
                        "A5-8,B5-8",
                        "--excluded-letters",
                        "LAE",
                        "--letter-bias",
                        "K=-60",
                        "--bias-file",
                        bias);
        String given = Backbones.example().sequence();
        for (String design : sequences(run)) {
            assertEquals(design.substring(0, 30), design.substring(30));
            assertEquals(given.substring(4, 8), design.substring(4, 8));
            assertEquals('W', design.charAt(2));
            String free = design.substring(0, 4) + design.substring(8, 30);
            assertTrue(free.chars().noneMatch(c -> "LAEKX".indexOf(c) >= 0), free);
        }
    }

    @Test
    void leavesHeadersAndStructures() throws Exception {
        Path run =
                run(
                        "run",
                        List.of("--method", "best-of-n", "--candidates", 2, "--steps", 5),
                        "--num",
                        4,
                        "--structures",
                        "helix-bundle," + dimer());
        List<DesignRow> rows = RunFiles.rows(run);
        List<String> lines = Files.readAllLines(run.resolve("designs.fasta"));
        assertTrue(
                lines.get(0)
                        .matches(
                                ">helix-bundle_1, T=0\\.1, sample=1, score=\\d\\.\\d{4},"
                                        + " seq_recovery=0\\.\\d{4}, reward=-?\\d+\\.\\d{4},"
                                        + " referee=-?\\d+\\.\\d{4}, method=best-of-n, seed=0"),
                lines.get(0));
        assertTrue(lines.stream().anyMatch(line -> line.contains("chains=A:30/B:30")));
        Structure written =
                StructureFile.read(run.resolve("structures").resolve("dimer_2.pdb"), null);
        assertEquals(rows.get(3).design(), written.backbone().sequence());
        DesignRow first = rows.get(0);
        assertEquals(
                recovery(first.design(), Backbones.example().sequence()),
                first.columns().get("seq_recovery"));
        assertTrue(first.columns().get("score") > 0, first.toString());
    }

    @Test
    void evaluatesDesignsForTheirBackbones() throws Exception {
        Path run =
                run(
                        "run",
                        List.of("--method", "unguided", "--steps", 5),
                        "--num",
                        4,
                        "--structures",
                        "helix-bundle," + shorter());
        Path table = folder.resolve("table");
        CommandLineRun evaluated =
                CommandLineRun.of("evaluate", run, "--reward", "sequence-recovery", "--out", table);
        assertEquals(0, evaluated.exitCode(), evaluated.err());
        assertTrue(evaluated.out().contains("unique"), evaluated.out());
    }

    private static double recovery(String design, String given) {
        int equal = 0;
        for (int i = 0; i < given.length(); i++) {
            equal += design.charAt(i) == given.charAt(i) ? 1 : 0;
        }
        return (double) equal / given.length();
    }

    static Stream<Arguments> badInput() {
        return Stream.of(
                Arguments.of(
                        "--structures nowhere.pdb",
                        "structure must be a PDB or mmCIF file, got nowhere.pdb"),
                Arguments.of("--residues C", "must begin with a chain of the structure"),
                Arguments.of("--fixed A1-900", "must be residues of chain A"),
                Arguments.of("--fixed A", "--fixed must leave residues to design"),
                Arguments.of("--tied-chains A,B", "--tied-chains must name chains of"),
                Arguments.of("--excluded-letters B", "must have amino acids of ACDEFG"),
                Arguments.of("--excluded-letters ACDEFGHIKLMNPQRSTVWY", "must leave an amino acid"),
                Arguments.of("--letter-temperature 0", "--letter-temperature must be above 0"),
                Arguments.of("--structures helix-bundle,helix-bundle", "--structures must differ"),
                Arguments.of("--bias-file nowhere.txt", "--bias-file must be a text file"),
                Arguments.of("--reward gc-content", "must read"),
                Arguments.of("--reward qed", "molecules"),
                Arguments.of("--alphabet AC", "--alphabet has no effect"));
    }

    @ParameterizedTest
    @MethodSource("badInput")
    void badInputGetsOneLine(String options, String text) {
        List<Object> arguments = new ArrayList<>(List.of("sample", "--model", MODEL));
        arguments.addAll(Arrays.asList((Object[]) options.split(" ")));
        arguments.addAll(List.of("--out", folder.resolve("bad")));
        CommandLineRun run = CommandLineRun.of(arguments.toArray());
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains(text), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
        assertFalse(Files.exists(folder.resolve("bad")));
    }

    @Test
    void otherModelsRefuseStructures() {
        CommandLineRun run =
                CommandLineRun.of(
                        "sample", "--structures", "helix-bundle", "--out", folder.resolve("bad"));
        assertEquals(2, run.exitCode());
        assertTrue(
                run.err().contains("--structures belongs to models that design proteins"),
                run.err());
    }
}
