package dev.tiller.rewards.protein.fold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiller.rewards.Breakdown;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardFailedException;
import dev.tiller.rewards.Rewards;
import dev.tiller.rewards.external.ExternalProgram;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Backbones;
import dev.tiller.rewards.protein.Residue;
import dev.tiller.rewards.protein.StructureFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Small scripts stand in for the programs. The folding program copies the example; it fails for
 * designs with W, writes nothing for P and no structure for C. TM-align fails for M.
 */
@DisabledOnOs(OS.WINDOWS)
final class TmAlignTest {
    private static final String FOLD =
            "if grep -q W \"$1\"; then echo 'out of memory'; exit 3; fi\n"
                    + "if grep -q P \"$1\"; then echo 'no hits'; exit 0; fi\n"
                    + "if grep -q C \"$1\"; then echo 'END' > \"$2\"; exit 0; fi\n"
                    + "cp FOLDER/example.pdb \"$2\"\ntail -1 \"$1\" > FOLDER/seen\n";
    private static final String ALIGN =
            "grep -q ' CA  SER A   1' model.pdb || exit 7\n"
                    + "if grep -q 'MET' target.pdb; then echo 'too short'; exit 0; fi\n"
                    + "echo 'Aligned length=   38, RMSD=   3.12, Seq_ID= 0.132'\n"
                    + "echo 'TM-score= 0.36881 (if normalized by length of Chain_1)'\n"
                    + "echo 'TM-score= 0.25515 (if normalized by length of Chain_2)'\n";

    @TempDir private Path folder;

    private final Backbone example = Backbones.example();

    @Test
    void scoresWithTheTargetsLengthAndNamesFailures() throws IOException {
        try (Reward reward = reward(Map.of("workers", "2"))) {
            Breakdown breakdown = reward.breakdown(new Designs(List.of("AAA", "AWA", "PA", "AC")));
            assertArrayEquals(new double[] {0.25515, 0, 0, 0}, breakdown.scores());
            assertArrayEquals(new double[] {0.25515, 3.12, 0}, breakdown.values()[0]);
            for (int n = 1; n < 4; n++) {
                assertTrue(Double.isNaN(breakdown.values()[n][0]));
                assertEquals(1, breakdown.values()[n][2]);
            }
            Designs short1 = new Designs(List.of("A"), List.of(backbone("M", "A")));
            assertEquals(2, reward.breakdown(short1).values()[0][2]);
            assertEquals(List.of("tm-score", "rmsd", "failure"), reward.columns());
        }
    }

    @Test
    void chainsAreSeparatedForTheFoldingProgram() throws IOException {
        try (Reward reward = reward(Map.of())) {
            Backbone two = backbone("GGGG", "AABB");
            reward.score(new Designs(List.of("AKLV"), List.of(two)));
            assertEquals("AK:LV", Files.readString(folder.resolve("seen")).strip());
        }
    }

    @Test
    void failsWithReasonIfAsked() throws IOException {
        try (Reward reward = reward(Map.of("onFailure", "fail"))) {
            String message =
                    assertThrows(
                                    RewardFailedException.class,
                                    () -> reward.score(new Designs(List.of("AW", "P", "C", "AA"))))
                            .getMessage();
            assertTrue(message.contains("folding failed: exit code 3: out of memory"), message);
            assertTrue(
                    message.contains("folding failed: no structure was written: no hits"), message);
            assertTrue(
                    message.contains("folding failed: fold.pdb must hold protein residues"),
                    message);
        }
    }

    @Test
    void endsProgramAfterTimeOut() throws IOException {
        String slow = script("slow", "sleep 30\n");
        Map<String, String> options =
                Map.of(
                        "command", slow + ",{fasta},{pdb}",
                        "timeoutSeconds", "0.2",
                        "onFailure", "fail");
        try (Reward reward = reward(options)) {
            RewardFailedException e =
                    assertThrows(
                            RewardFailedException.class,
                            () -> reward.score(new Designs(List.of("A"))));
            assertTrue(e.getMessage().contains("folding failed: no end within 0.2 s"));
        }
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        assertEquals(
                "command of reward 'tm-align' must be a folding program with {pdb} and {fasta} or"
                        + " {sequence}, got 'fold {fasta}'; write for example"
                        + " command=python3,fold.py,{fasta},{pdb}",
                failure(Map.of("command", "fold,{fasta}")));
        assertEquals(
                "command of reward 'tm-align' must begin with an installed program, got"
                        + " 'no-such-fold' which is not found",
                failure(Map.of("command", "no-such-fold,{fasta},{pdb}")));
        assertTrue(failure(Map.of("tmalign", "no-such-tmalign")).contains("package tm-align"));
        assertTrue(failure(Map.of("structure", folder + "/none.pdb")).contains("not there"));
        Map<String, String> options = new HashMap<>(options());
        options.remove("structure");
        try (Reward reward = create(options)) {
            assertEquals(
                    "reward 'tm-align' must have a structure to compare with, got a design without"
                            + " a backbone; set its option structure",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> reward.score(new Designs(List.of("A"))))
                            .getMessage());
        }
    }

    @Test
    void identityKnowsTheProgramAndTheTarget() throws IOException {
        try (Reward one = reward(Map.of());
                Reward same = reward(Map.of());
                Reward part = reward(Map.of("selection", "A1-20"));
                Reward newer = reward(Map.of("version", "2"))) {
            assertEquals(one.digest(), same.digest());
            assertTrue(!one.digest().equals(part.digest()));
            assertTrue(!one.digest().equals(newer.digest()));
        }
    }

    /** With the Debian package tm-align. */
    @Tag("slow")
    @Test
    void alignsWithRealProgram() throws IOException {
        assumeTrue(ExternalProgram.isThere("TMalign"), "no TM-align");
        try (Reward reward = reward(Map.of("tmalign", "TMalign"))) {
            Breakdown breakdown =
                    reward.breakdown(
                            new Designs(
                                    List.of("A".repeat(example.length()), "G"),
                                    List.of(example, backbone("GG", "AA"))));
            assertEquals(1, breakdown.scores()[0], 1e-5);
            assertEquals(0, breakdown.values()[0][1], 0.01);
            assertEquals(2, breakdown.values()[1][2]);
        }
    }

    private static Backbone backbone(String sequence, String chains) {
        List<Residue> residues = new ArrayList<>();
        for (int i = 0; i < sequence.length(); i++) {
            String chain = chains.substring(i, i + 1);
            residues.add(new Residue(chain, i, ' ', sequence.charAt(i), new float[12]));
        }
        return new Backbone("x", residues);
    }

    private Map<String, String> options() throws IOException {
        Path pdb = folder.resolve("example.pdb");
        StructureFile.write(pdb, example, example.sequence(), new double[example.length()]);
        String fold = script("fold", FOLD.replace("FOLDER", folder.toString()));
        return Map.of(
                "command", fold + ",{fasta},{pdb}",
                "structure", pdb.toString(),
                "tmalign", script("align", ALIGN));
    }

    private Reward reward(Map<String, String> changes) throws IOException {
        Map<String, String> options = new HashMap<>(options());
        options.putAll(changes);
        return create(options);
    }

    private static Reward create(Map<String, String> options) {
        return Rewards.load().create("tm-align", options, RewardContext.cpu());
    }

    private String failure(Map<String, String> changes) {
        return assertThrows(IllegalArgumentException.class, () -> reward(changes)).getMessage();
    }

    private String script(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            Files.writeString(file, "#!/bin/sh\n" + text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        }
        return file.toString();
    }
}
