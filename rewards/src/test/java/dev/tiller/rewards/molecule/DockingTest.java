package dev.tiller.rewards.molecule;

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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Small scripts stand in for the programs; they fail for molecules with P (ligand) and S (dock).
 */
@DisabledOnOs(OS.WINDOWS)
final class DockingTest {
    private static final String ATOM =
            "ATOM      1  CA  CYS A 85      -30.044  14.510  14.447  0.00  0.00    +0.169 C \n";
    private static final String OBABEL =
            "if grep -q P ligand.smi; then echo 'cannot embed' >&2; exit 0; fi\n"
                    + "echo \"ATOM $(cat ligand.smi)\" > ligand.pdbqt\n";
    private static final String VINA =
            "if grep -q S ligand.pdbqt; then echo 'out of the box'; exit 3; fi\n"
                    + "echo 'REMARK VINA RESULT:    -5.250      0.000      0.000' > pose.pdbqt\n";

    @TempDir private Path folder;

    @Test
    void scoresMinusAffinityAndNamesFailures() throws IOException {
        Designs designs = new Designs(List.of("CCO", "CP", "CS", "C(C", ""));
        try (Reward reward = reward(Map.of("workers", "2"))) {
            Breakdown breakdown = reward.breakdown(designs);
            assertArrayEquals(new double[] {5.25, -100, -100, -100, -100}, breakdown.scores());
            assertArrayEquals(new double[] {-5.25, 0}, breakdown.values()[0]);
            int[] failures = {0, 2, 3, 1, 1};
            for (int n = 1; n < failures.length; n++) {
                assertTrue(Double.isNaN(breakdown.values()[n][0]));
                assertEquals(failures[n], breakdown.values()[n][1]);
            }
        }
    }

    @Test
    void failsWithReasonIfAsked() throws IOException {
        try (Reward reward = reward(Map.of("onFailure", "fail"))) {
            RewardFailedException e =
                    assertThrows(
                            RewardFailedException.class,
                            () -> reward.score(new Designs(List.of("CS", "CP"))));
            assertTrue(
                    e.getMessage().contains("docking by Vina failed: exit code 3: out of the box"),
                    e.getMessage());
            assertTrue(
                    e.getMessage()
                            .contains(
                                    "ligand preparation by Open Babel failed: no atoms were"
                                            + " written: cannot embed"),
                    e.getMessage());
        }
    }

    @Test
    void endsProgramAfterTimeOut() throws IOException {
        Map<String, String> options =
                Map.of(
                        "vina", script("slow", "sleep 30\n"),
                        "timeoutSeconds", "0.2",
                        "onFailure", "fail");
        try (Reward reward = reward(options)) {
            RewardFailedException e =
                    assertThrows(
                            RewardFailedException.class,
                            () -> reward.score(new Designs(List.of("CC"))));
            assertTrue(e.getMessage().contains("no end within 0.2 s"), e.getMessage());
        }
    }

    @Test
    void namesPackageOfMissingProgram() {
        assertTrue(failure(Map.of("vina", "no-such-vina")).contains("package autodock-vina"));
        assertTrue(failure(Map.of("obabel", "no-such-obabel")).contains("package openbabel"));
    }

    @Test
    void namesLineOfBadReceptor() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.pdbqt"), ATOM + "junk\n");
        String message = failure(Map.of("receptor", bad.toString()));
        assertTrue(message.contains("got 'junk' in line 2 of"), message);
        assertEquals(1, message.lines().count());
        assertTrue(failure(Map.of("receptor", folder + "/none")).contains("readable PDBQT file"));
        assertTrue(failure(Map.of("size", "1,2")).contains("three positive numbers"));
    }

    /** {@code -Dtiller.receptor=FILE} names the receptor parp1 as PDBQT. */
    @Tag("slow")
    @Test
    void docksWithRealPrograms() {
        String receptor = System.getProperty("tiller.receptor");
        assumeTrue(receptor != null, "no receptor given by -Dtiller.receptor");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/vina")), "no Vina");
        Map<String, String> options =
                Map.of(
                        "receptor", receptor,
                        "center", "26.413,11.282,27.238",
                        "size", "18.521,17.479,19.995",
                        "exhaustiveness", "1");
        Designs designs = new Designs(List.of("Oc1ccccc1"));
        try (Reward reward = Rewards.load().create("docking", options, RewardContext.cpu())) {
            double[] scores = reward.score(designs);
            assertTrue(scores[0] > 2 && scores[0] < 8, () -> "score " + scores[0]);
            assertArrayEquals(scores, reward.score(designs));
        }
    }

    private String failure(Map<String, String> options) {
        return assertThrows(IllegalArgumentException.class, () -> reward(options)).getMessage();
    }

    private Reward reward(Map<String, String> options) throws IOException {
        Map<String, String> all = new HashMap<>();
        Path receptor = Files.writeString(folder.resolve("receptor.pdbqt"), ATOM);
        all.put("receptor", receptor.toString());
        all.put("center", "0,0,0");
        all.put("size", "20,20,20");
        all.put("vina", script("vina", VINA));
        all.put("obabel", script("obabel", OBABEL));
        all.putAll(options);
        return Rewards.load().create("docking", all, RewardContext.cpu());
    }

    private String script(String name, String body) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file.toString();
    }
}
