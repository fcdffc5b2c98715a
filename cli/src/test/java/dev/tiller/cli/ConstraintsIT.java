package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.cli.run.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules that every design keeps, as a user writes them. */
class ConstraintsIT {
    private static final String RULES =
            """
            template: RRN...............................................
            fixed: {10: GAATTC, "48": TAA}
            allowed: {20-25: CA, "30,32": G}
            exclude: []
            forbid: [TTT, AAAA]
            require: [GAYTA]
            tied: [26=28, 1-2=41-42]
            """;

    @TempDir private Path folder;

    /** Reads the rules anew, with nothing of the product. */
    private static void requireKept(String design) {
        assertTrue(design.matches("[AG]{2}.*"), design);
        assertEquals("GAATTC", design.substring(9, 15));
        assertEquals("TAA", design.substring(47));
        assertTrue(design.substring(19, 25).matches("[CA]{6}"), design);
        assertTrue(design.charAt(29) == 'G' && design.charAt(31) == 'G', design);
        assertFalse(design.matches(".*(TTT|AAAA).*"), design);
        assertTrue(design.matches(".*GA[CT]TA.*"), design);
        assertEquals(design.charAt(25), design.charAt(27), design);
        assertEquals(design.substring(0, 2), design.substring(40, 42));
    }

    private Path rules() throws Exception {
        return Files.writeString(folder.resolve("rules.yaml"), RULES);
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void holdInEveryDesignOfEveryMethod(Method method) throws Exception {
        List<Object> job = RunFiles.cheap(method);
        job.addAll(List.of("--constraint", "file=" + rules(), "--num", 2));
        Path ancestral = folder.resolve("ancestral");
        String designs = RunFiles.designs(ancestral, job, "--steps", 4);
        RunFiles.sequences(ancestral).forEach(ConstraintsIT::requireKept);
        Path again = folder.resolve("again");
        Files.delete(folder.resolve("rules.yaml"));
        List<Object> replay = List.of("--job", ancestral.resolve("job.yaml"));
        assertEquals(designs, RunFiles.designs(again, replay, "--batch-size", 1));
    }

    @ParameterizedTest
    @EnumSource(
            value = Method.class,
            names = {"SVDD_MC", "SMC", "DPS", "CLASSIFIER_GUIDANCE", "REFINE"})
    void holdInFirstHittingToo(Method method) throws Exception {
        List<Object> job = RunFiles.cheap(method);
        job.addAll(List.of("--constraint", "file=" + rules(), "--num", 2));
        Path run = folder.resolve("run");
        RunFiles.designs(run, job, "--sampler", "first-hitting");
        RunFiles.sequences(run).forEach(ConstraintsIT::requireKept);
    }

    @Test
    void eachMayBeAnOption() throws Exception {
        Path run = folder.resolve("run");
        List<Object> options = new ArrayList<>(List.of("--num", 3, "--steps", 4));
        for (String rule :
                List.of(
                        "template=" + "RRN" + ".".repeat(47),
                        "fixed=10:GAATTC; 48:TAA",
                        "allowed=20-25:CA;30,32:G",
                        "forbid=TTT,AAAA",
                        "require=GAYTA",
                        "tied=26=28,1-2=41-42")) {
            options.addAll(List.of("--constraint", rule));
        }
        RunFiles.designs(run, options, "--method", "unguided");
        RunFiles.sequences(run).forEach(ConstraintsIT::requireKept);
        Path fromFile = folder.resolve("from-file");
        String designs =
                RunFiles.designs(
                        fromFile,
                        List.of("--constraint", "file=" + rules(), "--num", 3, "--steps", 4),
                        "--method",
                        "unguided");
        assertEquals(designs, RunFiles.fasta(run));
        Path excluding = folder.resolve("excluding");
        RunFiles.designs(
                excluding,
                List.of("--method", "unguided", "--num", 3, "--steps", 4),
                "--constraint",
                "exclude=GT");
        Set<Integer> letters =
                RunFiles.sequences(excluding).stream()
                        .flatMapToInt(String::chars)
                        .boxed()
                        .collect(Collectors.toSet());
        assertEquals(Set.of((int) 'A', (int) 'C'), letters);
    }

    @Test
    void seedSequencesMustKeepThem() throws Exception {
        Path seeds = Files.writeString(folder.resolve("s.fasta"), ">bad\n" + "ACGTA".repeat(10));
        List<Object> job = RunFiles.cheap(Method.REFINE);
        job.addAll(List.of("--seed-sequences", seeds, "--num", 2, "--steps", 4));
        Path out = folder.resolve("out");
        CommandLineRun refused = RunFiles.sample(out, job, "--constraint", "forbid=GTAAC");
        assertEquals(2, refused.exitCode(), refused.err());
        assertTrue(refused.err().contains("GTAAC"), refused.err());
        assertEquals(1, refused.err().lines().count());
        assertFalse(Files.exists(out));
        RunFiles.designs(out, job, "--constraint", "fixed=1:ACGTA");
        assertTrue(RunFiles.sequences(out).stream().allMatch(d -> d.startsWith("ACGTA")));
    }

    @Test
    void rulesThatNoDesignKeepsAreRefused() {
        Path out = folder.resolve("out");
        CommandLineRun refused =
                RunFiles.sample(
                        out,
                        List.of("--constraint", "forbid=AA,AC,AG,AT", "--constraint", "fixed=1:A"));
        assertEquals(2, refused.exitCode());
        assertTrue(
                refused.err().contains("must leave at least one design of length 50"),
                refused.err());
        assertEquals(1, refused.err().lines().count());
        assertFalse(Files.exists(out));
    }
}
