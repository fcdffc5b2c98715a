package dev.tiller.rewards.cache;

import dev.tiller.rewards.Breakdown;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.IncrementalReward;
import dev.tiller.rewards.Notation;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardFailedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.LongAdder;

/**
 * A reward that remembers its scores. Equal designs of one call are scored once, and so are designs
 * that several threads ask for at the same time: the later one waits for the earlier.
 *
 * <p>Scores are kept as the wrapped reward tells them ({@link IncrementalReward}), so what was
 * scored before a failure is not scored again. A number that stands for a failure is returned, but
 * not kept. Gradients are not kept. Safe for concurrent use.
 */
public final class CachedReward implements Reward {
    private final Reward reward;
    private final ScoreStore store;
    private final Map<String, CompletableFuture<Double>> pending = new ConcurrentHashMap<>();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    /**
     * Puts a cache before a reward. The store must belong to this reward: a {@link DiskScores} is
     * opened with the reward's {@link RewardIdentity}, a {@link MemoryScores} is used for nothing
     * else.
     *
     * @param reward the reward; closed with this one
     * @param store where scores are kept; closed with this reward
     */
    public CachedReward(Reward reward, ScoreStore store) {
        this.reward = Objects.requireNonNull(reward, "reward");
        this.store = Objects.requireNonNull(store, "store");
    }

    @Override
    public String name() {
        return reward.name();
    }

    @Override
    public String letters() {
        return reward.letters();
    }

    @Override
    public Notation notation() {
        return reward.notation();
    }

    @Override
    public double[] score(Designs designs) {
        designs.requireReadableBy(reward); // here, where the numbers of the designs are known
        List<String> keys = designs.keys();
        Map<String, Double> scores = new HashMap<>();
        Set<String> missing = new LinkedHashSet<>(keys);
        while (!missing.isEmpty()) {
            Map<String, CompletableFuture<Double>> own = new LinkedHashMap<>();
            Map<String, CompletableFuture<Double>> others = new HashMap<>();
            try {
                claim(missing, own, others);
                scoreOwn(own, designs, keys, scores);
            } finally {
                own.forEach(this::giveUp);
            }
            await(others, scores);
            missing.removeAll(scores.keySet()); // what others failed to score is our turn now
        }
        return keys.stream().mapToDouble(scores::get).toArray();
    }

    /** Sorts designs into those claimed here and those that another thread works on. */
    private void claim(
            Set<String> designs,
            Map<String, CompletableFuture<Double>> own,
            Map<String, CompletableFuture<Double>> others) {
        for (String design : designs) {
            CompletableFuture<Double> claim = new CompletableFuture<>();
            CompletableFuture<Double> earlier = pending.putIfAbsent(design, claim);
            (earlier == null ? own : others).put(design, earlier == null ? claim : earlier);
        }
    }

    /** Finds or scores what this thread has claimed, which nobody else scores meanwhile. */
    private void scoreOwn(
            Map<String, CompletableFuture<Double>> own,
            Designs designs,
            List<String> keys,
            Map<String, Double> scores) {
        List<String> unknown = new ArrayList<>();
        own.forEach(
                (design, claim) -> {
                    OptionalDouble known = store.find(design);
                    if (known.isPresent()) {
                        scores.put(design, known.getAsDouble());
                        release(design, claim, known.getAsDouble());
                        hits.increment();
                    } else {
                        unknown.add(design);
                    }
                });
        if (unknown.isEmpty()) {
            return;
        }
        misses.add(unknown.size());
        int[] numbers = firstOf(unknown, keys);
        try {
            double[] values =
                    Increments.score(
                            reward,
                            designs.select(numbers),
                            (row, score) -> {
                                String design = unknown.get(row);
                                store.put(design, score);
                                release(design, own.get(design), score);
                            });
            for (int row = 0; row < values.length; row++) {
                String design = unknown.get(row);
                scores.put(design, values[row]);
                release(design, own.get(design), values[row]); // if it stands for a failure
            }
        } catch (RewardFailedException e) {
            throw e.renumbered(row -> numbers[row]);
        }
    }

    /** Returns the first place of each wanted key. */
    private static int[] firstOf(List<String> wanted, List<String> keys) {
        Map<String, Integer> first = new HashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            first.putIfAbsent(keys.get(i), i);
        }
        return wanted.stream().mapToInt(first::get).toArray();
    }

    private void release(String design, CompletableFuture<Double> claim, double score) {
        pending.remove(design, claim);
        claim.complete(score);
    }

    private void giveUp(String design, CompletableFuture<Double> claim) {
        if (claim.cancel(false)) { // false if it was released
            pending.remove(design, claim);
        }
    }

    private void await(Map<String, CompletableFuture<Double>> others, Map<String, Double> scores) {
        for (Map.Entry<String, CompletableFuture<Double>> other : others.entrySet()) {
            try {
                scores.put(other.getKey(), other.getValue().get());
                hits.increment();
            } catch (CancellationException e) {
                continue; // the other thread failed; this one will try
            } catch (ExecutionException e) {
                throw new IllegalStateException("a score cannot be awaited", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(
                        "interrupted while waiting for a score of reward '" + name() + "'", e);
            }
        }
    }

    /**
     * Returns how many designs needed no call of the reward, equal designs of one call counted
     * once.
     *
     * @return designs found in the store or scored by another thread meanwhile
     */
    public long hits() {
        return hits.sum();
    }

    /**
     * Returns how many designs were sent to the reward.
     *
     * @return designs that the store did not hold
     */
    public long misses() {
        return misses.sum();
    }

    @Override
    public List<String> columns() {
        return reward.columns();
    }

    /**
     * Asks the wrapped reward, once for equal designs, as what scores are made of is not kept. For
     * a reward without columns the scores do.
     */
    @Override
    public Breakdown breakdown(Designs designs) {
        if (reward.columns().isEmpty()) {
            return Reward.super.breakdown(designs);
        }
        designs.requireReadableBy(reward);
        List<String> keys = designs.keys();
        List<String> asked = List.copyOf(new LinkedHashSet<>(keys));
        misses.add(asked.size());
        int[] numbers = firstOf(asked, keys);
        Breakdown of = reward.breakdown(designs.select(numbers));
        Map<String, Integer> rows = new HashMap<>();
        for (int row = 0; row < asked.size(); row++) {
            rows.put(asked.get(row), row);
        }
        int[] places = keys.stream().mapToInt(rows::get).toArray();
        return new Breakdown(
                Arrays.stream(places).mapToDouble(row -> of.scores()[row]).toArray(),
                Arrays.stream(places).mapToObj(row -> of.values()[row]).toArray(double[][]::new));
    }

    @Override
    public Optional<String> referee() {
        return reward.referee();
    }

    @Override
    public Optional<String> digest() {
        return reward.digest();
    }

    @Override
    public Optional<DifferentiableReward> differentiable() {
        return reward.differentiable().map(inner -> new GradientView(this, inner::differentiate));
    }

    @Override
    public void close() {
        try (ScoreStore closing = store) {
            reward.close();
        }
    }
}
