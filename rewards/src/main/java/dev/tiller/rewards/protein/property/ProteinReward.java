package dev.tiller.rewards.protein.property;

import dev.tiller.rewards.Breakdown;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.protein.Backbone;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A reward of one number that an amino-acid sequence has; the number stands in the breakdown. Reads
 * the twenty amino acids and X. An empty design has no such number and is an error. Immutable,
 * hence safe for concurrent use.
 */
final class ProteinReward implements Reward {
    /** What rewards of proteins read. */
    static final String LETTERS = Backbone.AMINO_ACIDS + "X";

    private final String name;
    private final ToDoubleFunction<String> property;
    private final PropertyOptions options;

    /**
     * Makes the reward.
     *
     * @param name its name
     * @param property gives the number of a sequence of at least one letter
     * @param options how the number makes the score
     */
    ProteinReward(String name, ToDoubleFunction<String> property, PropertyOptions options) {
        this.name = name;
        this.property = property;
        this.options = options;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String letters() {
        return LETTERS;
    }

    @Override
    public List<String> columns() {
        return List.of("number");
    }

    @Override
    public double[] score(Designs designs) {
        return breakdown(designs).scores();
    }

    @Override
    public Breakdown breakdown(Designs designs) {
        designs.requireReadableBy(this);
        double[] scores = new double[designs.size()];
        double[][] values = new double[designs.size()][];
        for (int n = 0; n < scores.length; n++) {
            String sequence = requireLetter(name, designs.sequences().get(n));
            values[n] = new double[] {property.applyAsDouble(sequence)};
            scores[n] = options.score(values[n][0]);
        }
        return new Breakdown(scores, values);
    }

    static String requireLetter(String reward, String sequence) {
        if (sequence.isEmpty()) {
            throw new IllegalArgumentException(
                    "design must have a letter for reward '"
                            + reward
                            + "', got an empty one; leave empty designs out");
        }
        return sequence;
    }
}
