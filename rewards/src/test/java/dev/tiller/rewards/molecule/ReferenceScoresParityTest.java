package dev.tiller.rewards.molecule;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiller.rewards.molecule.descriptor.Qed;
import dev.tiller.rewards.molecule.synthesis.SyntheticAccessibility;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Holds scores against tables of RDKit's: {@code -Dtiller.molecules=DIR} names a folder with {@code
 * NCI_200_qed.csv} (SMILES, comma, QED; {@code #} before comments) and {@code zim.100.txt} (one
 * header line; SMILES, name, synthetic accessibility by tabs). Skipped without it.
 */
@Tag("slow")
final class ReferenceScoresParityTest {
    private static final String PROPERTY = "tiller.molecules";

    @Test
    void drugLikenessAgrees() throws IOException {
        String folder = System.getProperty(PROPERTY);
        assumeTrue(folder != null, "no tables given by -D" + PROPERTY);
        int rows = 0;
        int near = 0;
        for (String line : Files.readAllLines(Path.of(folder, "NCI_200_qed.csv"))) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] columns = line.split(",", -1);
            double[] properties = Qed.properties(Molecule.parse(columns[0]));
            double qed = Qed.of(properties);
            double expected = Double.parseDouble(columns[1]);
            rows++;
            if (Math.abs(qed - expected) <= 0.01) {
                near++;
            } else {
                System.err.println(line + " but " + qed + " of " + Arrays.toString(properties));
            }
        }
        System.err.println(near + " of " + rows + " molecules within 0.01");
        assertTrue(near >= 0.98 * rows, near + " of " + rows);
    }

    @Test
    void syntheticAccessibilityAgrees() throws IOException {
        String folder = System.getProperty(PROPERTY);
        assumeTrue(folder != null, "no tables given by -D" + PROPERTY);
        List<String> lines = Files.readAllLines(Path.of(folder, "zim.100.txt"));
        SyntheticAccessibility score = SyntheticAccessibility.byFragments(null);
        List<double[]> pairs = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] columns = line.split("\t", -1);
            double sa = score.of(Molecule.parse(columns[0]));
            pairs.add(new double[] {sa, Double.parseDouble(columns[2])});
        }
        double pearson = pearson(pairs);
        double distance =
                pairs.stream().mapToDouble(pair -> Math.abs(pair[0] - pair[1])).average().orElse(0);
        System.err.println("SA: Pearson " + pearson + ", mean distance " + distance);
        assertTrue(pearson >= 0.95, () -> "Pearson " + pearson);
    }

    private static double pearson(List<double[]> pairs) {
        double x = pairs.stream().mapToDouble(pair -> pair[0]).average().orElse(0);
        double y = pairs.stream().mapToDouble(pair -> pair[1]).average().orElse(0);
        double xx = 0;
        double yy = 0;
        double xy = 0;
        for (double[] pair : pairs) {
            xx += (pair[0] - x) * (pair[0] - x);
            yy += (pair[1] - y) * (pair[1] - y);
            xy += (pair[0] - x) * (pair[1] - y);
        }
        return xy / Math.sqrt(xx * yy);
    }
}
