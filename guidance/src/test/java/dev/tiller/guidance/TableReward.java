package dev.tiller.guidance;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.exact.TableChain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Arbitrary rewards in (0, 1) of the designs of the table chain; it remembers what it scored. */
final class TableReward implements Reward {
    /** The letters of the chain's tokens. */
    static final String ALPHABET = "ABC";

    private final double[] rewards = new double[TableChain.STATES];
    private final List<String> scored = Collections.synchronizedList(new ArrayList<>());

    TableReward(long seed) {
        Philox noise = new Philox(seed);
        Arrays.setAll(rewards, x -> noise.uniform(x, 0, Purpose.TRAINING_INPUT, 0));
    }

    @Override
    public String name() {
        return "table";
    }

    @Override
    public String letters() {
        return ALPHABET;
    }

    @Override
    public double[] score(Designs designs) {
        scored.addAll(designs.sequences());
        return designs.sequences().stream()
                .mapToDouble(
                        text -> {
                            long[] tokens = text.chars().mapToLong(ALPHABET::indexOf).toArray();
                            return rewards[TableChain.number(tokens, 0)];
                        })
                .toArray();
    }

    /** Returns the reward of each clean state. */
    double[] table() {
        return rewards.clone();
    }

    List<String> scored() {
        return List.copyOf(scored);
    }

    CleanReward clean() {
        return new CleanReward(this, DesignReader.ofTokens(ALPHABET));
    }
}
