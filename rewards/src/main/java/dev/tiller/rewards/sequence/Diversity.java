package dev.tiller.rewards.sequence;

import java.util.HashSet;
import java.util.List;

/** How different designs are from each other. */
public final class Diversity {
    private Diversity() {}

    /**
     * Returns the mean share of positions at which two designs differ, over all pairs (Hamming
     * distance divided by length; positions that only one of them has differ).
     *
     * @param designs the designs
     * @return in [0, 1]; 0 if there are fewer than two
     */
    public static double meanPairwiseDistance(List<String> designs) {
        double sum = 0;
        long pairs = 0;
        for (int i = 0; i < designs.size(); i++) {
            for (int j = i + 1; j < designs.size(); j++) {
                sum += distance(designs.get(i), designs.get(j));
                pairs++;
            }
        }
        return pairs == 0 ? 0 : sum / pairs;
    }

    private static double distance(String one, String other) {
        int shared = Math.min(one.length(), other.length());
        int longest = Math.max(one.length(), other.length());
        int different = longest - shared;
        for (int i = 0; i < shared; i++) {
            different += one.charAt(i) == other.charAt(i) ? 0 : 1;
        }
        return longest == 0 ? 0 : (double) different / longest;
    }

    /**
     * Returns the share of designs that are left when equal ones are counted once.
     *
     * @param designs the designs
     * @return in [0, 1]; 1 if there are none
     */
    public static double uniqueShare(List<String> designs) {
        return designs.isEmpty() ? 1 : (double) new HashSet<>(designs).size() / designs.size();
    }
}
