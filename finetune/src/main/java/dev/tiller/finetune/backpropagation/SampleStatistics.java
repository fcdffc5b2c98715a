package dev.tiller.finetune.backpropagation;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Numbers of a set of designs. */
final class SampleStatistics {
    private SampleStatistics() {}

    /** The median; the mean of the two in the middle of an even number. */
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The mean, over all pairs, of the share of positions in which the two differ. */
    static double diversity(List<String> designs) {
        int length = designs.get(0).length();
        double pairs = designs.size() * (designs.size() - 1.0);
        double equal = 0;
        for (int position = 0; position < length; position++) {
            Map<Character, Integer> counts = new HashMap<>();
            for (String design : designs) {
                // each earlier design with this letter makes two ordered pairs
                equal += 2.0 * (counts.merge(design.charAt(position), 1, Integer::sum) - 1);
            }
        }
        return 1 - equal / (pairs * length);
    }

    /** The number of different designs over that of all. */
    static double unique(List<String> designs) {
        return (double) designs.stream().distinct().count() / designs.size();
    }
}
