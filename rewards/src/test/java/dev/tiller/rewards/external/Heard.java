package dev.tiller.rewards.external;

import dev.tiller.rewards.IncrementalReward;
import java.util.Map;
import java.util.TreeMap;

/** Collects what a reward tells, and how often. */
final class Heard implements IncrementalReward.Listener {
    final Map<Integer, Double> scores = new TreeMap<>();
    int count;

    @Override
    public synchronized void scored(int row, double score) {
        scores.put(row, score);
        count++;
    }
}
