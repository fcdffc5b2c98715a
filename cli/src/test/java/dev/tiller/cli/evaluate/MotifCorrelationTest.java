package dev.tiller.cli.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.sequence.Strands;
import dev.tiller.rewards.sequence.pwm.BindingScore;
import dev.tiller.rewards.sequence.pwm.Cutoff;
import dev.tiller.rewards.sequence.pwm.MotifFile;
import dev.tiller.rewards.sequence.pwm.MotifSites;
import dev.tiller.rewards.sequence.pwm.PwmOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MotifCorrelationTest {
    @TempDir private Path folder;

    /** Motifs AA, CC, GG and TT, of which full matches on the strand as written count. */
    private MotifSites motifs() throws Exception {
        StringBuilder text = new StringBuilder();
        for (String letter : List.of("A", "C", "G", "T")) {
            text.append('>').append(letter).append(letter).append('\n');
            for (String row : List.of("A", "C", "G", "T")) {
                String count = row.equals(letter) ? "9" : "0";
                text.append(count).append(' ').append(count).append('\n');
            }
        }
        Path file = Files.writeString(folder.resolve("motifs.jaspar"), text);
        return new MotifSites(
                MotifFile.read(file),
                new PwmOptions(
                        null,
                        List.of(),
                        BindingScore.BEST,
                        Strands.FORWARD,
                        0.8,
                        List.of(),
                        Cutoff.RELATIVE,
                        1));
    }

    private static DesignSet set(String... designs) {
        return new DesignSet("x", 1, "x.fasta", List.of(designs));
    }

    @Test
    void countsMotifsWithoutSitesAsZero() throws Exception {
        // sites of AA, CC, GG, TT: reference 3, 2, 1, 0; designs 1, 2, 0, 0
        List<String> reference = List.of("AAAA", "CCC", "GG");
        DesignSet designs = set("AA", "CCC");
        // ranks 4, 3, 2, 1 and 3, 4, 1.5, 1.5; centred products 0.75 + 0.75 + 0.5 + 1.5
        double zeroFilled = 3.5 / Math.sqrt(5 * 4.5);
        assertArrayEquals(
                new double[] {zeroFilled, 4},
                new MotifCorrelation(motifs(), reference, MotifCorrelation.Over.ALL).of(designs),
                1e-15);
        // AA and CC alone have sites on both sides, in opposite order
        assertArrayEquals(
                new double[] {-1, 2},
                new MotifCorrelation(motifs(), reference, MotifCorrelation.Over.PUBLISHED)
                        .of(designs),
                1e-15);
    }

    @Test
    void isNotDefinedWhereNothingIsShared() throws Exception {
        MotifCorrelation published =
                new MotifCorrelation(motifs(), List.of("AAA"), MotifCorrelation.Over.PUBLISHED);
        double[] values = published.of(set("CCC"));
        assertTrue(Double.isNaN(values[0]));
        assertEquals(0, values[1]);
    }

    @Test
    void refusesAReferenceWithoutSites() throws Exception {
        MotifSites motifs = motifs();
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new MotifCorrelation(
                                        motifs, List.of("ACGT"), MotifCorrelation.Over.ALL));
        assertEquals(
                "a motif of --motifs must have a site in --reference, got none of 4; loosen"
                        + " --motif-level",
                e.getMessage());
    }
}
