package dev.tiller.rewards.rna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Holds energies against a table of measured 5'UTRs: {@code -Dtiller.utr5=FILE}, gzip, one header
 * line, columns separated by tabs, the sequence first and the energy in kcal/mol to 0.1 third.
 * Skipped without it.
 */
@Tag("slow")
final class UtrEnergyParityTest {
    private static final String PROPERTY = "tiller.utr5";

    @Test
    void agreesWithTable() throws IOException {
        String file = System.getProperty(PROPERTY);
        assumeTrue(file != null, "no table given by -D" + PROPERTY);
        List<double[]> pairs = new ArrayList<>();
        int same = 0;
        double distance = 0;
        for (String line : lines(Path.of(file))) {
            String[] columns = line.split("\t", -1);
            double expected = Double.parseDouble(columns[2]);
            double energy = MinimumFreeEnergy.energy(columns[0]);
            pairs.add(new double[] {energy, expected});
            same += Math.round(10 * energy) == Math.round(10 * expected) ? 1 : 0;
            distance += Math.abs(energy - expected);
        }
        double pearson = pearson(pairs);
        System.err.printf(
                "%d sequences: Pearson %.6f, %d equal to 0.1, mean distance %.5f kcal/mol%n",
                pairs.size(), pearson, same, distance / pairs.size());
        assertTrue(pearson >= 0.95, () -> "Pearson " + pearson);
        assertEquals(pairs.size(), same);
    }

    private static List<String> lines(Path file) throws IOException {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(file)),
                                StandardCharsets.UTF_8))) {
            return reader.lines().skip(1).toList();
        }
    }

    private static double pearson(List<double[]> pairs) {
        double[] mean = new double[2];
        pairs.forEach(
                pair -> {
                    mean[0] += pair[0] / pairs.size();
                    mean[1] += pair[1] / pairs.size();
                });
        double xx = 0;
        double yy = 0;
        double xy = 0;
        for (double[] pair : pairs) {
            double x = pair[0] - mean[0];
            double y = pair[1] - mean[1];
            xx += x * x;
            yy += y * y;
            xy += x * y;
        }
        return xy / Math.sqrt(xx * yy);
    }
}
