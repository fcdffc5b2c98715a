package dev.tiller.finetune.backpropagation;

import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.sampler.numerics.Categorical;
import dev.tiller.sampler.numerics.Gradients;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of a relaxed trajectory: the reward of the nearest designs, whose gradient is taken for
 * that of the relaxed ones (the straight-through estimator, Bengio et al. 2013). The mask is no
 * letter of a design, so its entry has gradient 0, unless the reward reads it as the letter {@value
 * #MASK}, as that of the published code for proteins does.
 */
final class StraightThrough {
    /** The mask, to a reward that reads it. */
    static final char MASK = '_';

    private final DifferentiableReward reward;
    private final SequenceModel model;
    private final String letters;

    /**
     * What the reward says.
     *
     * @param rewards of each row
     * @param cotangent the gradient of the loss -mean(reward) by the relaxed designs, row-major [B,
     *     L, K + 1]
     */
    record Scored(double[] rewards, float[] cotangent) {}

    /**
     * Checks that a reward can be backpropagated.
     *
     * @throws IllegalArgumentException if it has no gradient or cannot read the alphabet
     */
    StraightThrough(Reward reward, SequenceModel model) {
        this.model = model;
        this.reward =
                reward.differentiable()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "reward to backpropagate must have a gradient, got"
                                                        + " '"
                                                        + reward.name()
                                                        + "', which has none; "
                                                        + Gradients.ALTERNATIVES));
        requireReads(reward, model.designLetters());
        boolean readsMask = reward.letters().indexOf(MASK) >= 0;
        this.letters = model.designLetters() + (readsMask ? MASK : "");
    }

    static void requireReads(Reward reward, String alphabet) {
        for (char letter : alphabet.toCharArray()) {
            if (reward.letters().indexOf(letter) < 0) {
                throw new IllegalArgumentException(
                        "reward '"
                                + reward.name()
                                + "' must read the model's alphabet "
                                + alphabet
                                + ", got one for "
                                + reward.letters()
                                + "; choose a reward or a model of the other kind");
            }
        }
    }

    /** Returns the largest letter of each position, [B * L]. */
    static long[] nearest(float[] relaxed, int letters) {
        long[] tokens = new long[relaxed.length / (letters + 1)];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = Categorical.argMax(relaxed, i * (letters + 1), letters);
        }
        return tokens;
    }

    /** Scores relaxed designs, row-major [B, L, K + 1]. */
    Scored score(float[] relaxed, Pass pass) {
        int length = model.length();
        int rows = pass.rows();
        long[] tokens = nearest(relaxed, model.letters());
        List<float[]> designs = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            designs.add(oneHot(tokens, row * length));
        }
        List<ScoredGradient> scored =
                reward.differentiate(
                        new RelaxedDesigns(letters, length, designs, model.told(pass.sampleIds())));
        if (scored.size() != rows) {
            throw new IllegalStateException(
                    "reward '"
                            + reward.name()
                            + "' must give one gradient for each of "
                            + rows
                            + " designs, got "
                            + scored.size());
        }
        double[] rewards = new double[rows];
        float[] cotangent = new float[relaxed.length];
        for (int row = 0; row < rows; row++) {
            rewards[row] = scored.get(row).score();
            requireFinite("score", rewards[row], pass.where(row));
            float[] gradient = scored.get(row).gradient();
            for (int i = 0; i < gradient.length; i++) {
                requireFinite("gradient", gradient[i], pass.where(row));
                int position = row * length + i / letters.length();
                char letter = letters.charAt(i % letters.length());
                int token = letter == MASK ? model.letters() : model.alphabet().indexOf(letter);
                cotangent[position * (model.letters() + 1) + token] = -gradient[i] / rows;
            }
        }
        return new Scored(rewards, cotangent);
    }

    /** The one-hot rows of a design over the letters it may hold; 0 for others, as X given. */
    private float[] oneHot(long[] tokens, int start) {
        float[] hot = new float[model.length() * letters.length()];
        for (int position = 0; position < model.length(); position++) {
            char letter = model.alphabet().charAt((int) tokens[start + position]);
            int column = letters.indexOf(letter);
            if (column >= 0) {
                hot[position * letters.length() + column] = 1;
            }
        }
        return hot;
    }

    private void requireFinite(String what, double value, String where) {
        if (!Double.isFinite(value)) {
            throw new IllegalStateException(
                    "the "
                            + what
                            + " of reward '"
                            + reward.name()
                            + "' must be finite, got "
                            + value
                            + " in "
                            + where);
        }
    }
}
