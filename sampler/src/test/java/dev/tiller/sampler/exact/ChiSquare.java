package dev.tiller.sampler.exact;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/**
 * Pearson's test of counts against a law, at a false-alarm chance of 1e-6. Cells that expect fewer
 * than 5 are pooled; a count where the law is 0 always fails.
 */
public final class ChiSquare {
    /** The chance that a correct sampler is rejected. */
    public static final double FALSE_ALARM = 1e-6;

    private static final double SMALLEST_EXPECTATION = 5;

    private record Cell(double count, double expected) {
        Cell plus(Cell other) {
            return new Cell(count + other.count, expected + other.expected);
        }

        double statistic() {
            return (count - expected) * (count - expected) / expected;
        }
    }

    private ChiSquare() {}

    /** Fails unless the counts may come from the law. */
    public static void assertFits(String what, long[] counts, double[] law) {
        double p = pValue(what, counts, law);
        if (!(p >= FALSE_ALARM)) {
            throw new AssertionError(what + " does not follow its law: p = " + p);
        }
    }

    /** Fails unless the counts are unlikely to come from the law: shows that the test can fail. */
    public static void assertRejects(String what, long[] counts, double[] law) {
        double p = pValue(what, counts, law);
        if (!(p < FALSE_ALARM)) {
            throw new AssertionError(what + " must be rejected, got p = " + p);
        }
    }

    private static double pValue(String what, long[] counts, double[] law) {
        if (counts.length != law.length) {
            throw new IllegalArgumentException(
                    "counts must have " + law.length + " cells, got " + counts.length);
        }
        double n = Arrays.stream(counts).sum();
        double mass = Arrays.stream(law).sum();
        if (!(Math.abs(mass - 1) < 1e-5)) {
            throw new IllegalArgumentException("law must sum to 1, got " + mass);
        }
        List<Cell> cells = new ArrayList<>();
        Cell pool = new Cell(0, 0);
        for (int i = 0; i < law.length; i++) {
            Cell cell = new Cell(counts[i], n * law[i] / mass);
            if (law[i] == 0 && counts[i] > 0) {
                return 0;
            } else if (cell.expected() < SMALLEST_EXPECTATION) {
                pool = pool.plus(cell);
            } else {
                cells.add(cell);
            }
        }
        cells.sort(Comparator.comparingDouble(Cell::expected));
        if (pool.expected() >= SMALLEST_EXPECTATION) {
            cells.add(pool);
        } else {
            cells.set(0, cells.get(0).plus(pool));
        }
        double statistic = cells.stream().mapToDouble(Cell::statistic).sum();
        double p = ChiSquaredDistribution.of(cells.size() - 1).survivalProbability(statistic);
        System.err.printf(
                Locale.ROOT,
                "%s: n %.0f, chi-square %.1f, %d degrees of freedom, p %.3g%n",
                what,
                n,
                statistic,
                cells.size() - 1,
                p);
        return p;
    }
}
