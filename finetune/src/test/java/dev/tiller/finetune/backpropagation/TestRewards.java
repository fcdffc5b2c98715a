package dev.tiller.finetune.backpropagation;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.ScoredGradient;
import java.util.List;
import java.util.stream.IntStream;

/** Rewards of DNA that are as simple as can be. */
final class TestRewards {
    private TestRewards() {}

    /** The share of the letter C, plus half of the share of neighbours GA. */
    static DifferentiableReward smooth() {
        return new Linear("smooth", "ACGT", -1, Float.NaN);
    }

    /** The same, but row {@code row} of each call has a gradient that holds {@code value}. */
    static DifferentiableReward broken(int row, float value) {
        return new Linear("broken", "ACGT", row, value);
    }

    /** Reads other letters. */
    static DifferentiableReward ofLetters(String letters) {
        return new Linear("other", letters, -1, Float.NaN);
    }

    /** Has no gradient. */
    static Reward blackBox() {
        return new Reward() {
            @Override
            public String name() {
                return "black-box";
            }

            @Override
            public String letters() {
                return "ACGT";
            }

            @Override
            public double[] score(Designs designs) {
                return new double[designs.size()];
            }
        };
    }

    private record Linear(String name, String letters, int brokenRow, float value)
            implements DifferentiableReward {
        @Override
        public double[] score(Designs designs) {
            int length = designs.sequences().get(0).length();
            List<float[]> rows =
                    designs.sequences().stream()
                            .map(s -> s.chars().mapToLong(letters::indexOf).toArray())
                            .map(tokens -> Trajectory.oneHot(tokens, letters.length()))
                            .toList();
            return differentiate(new RelaxedDesigns(letters, length, rows)).stream()
                    .mapToDouble(ScoredGradient::score)
                    .toArray();
        }

        @Override
        public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
            return IntStream.range(0, designs.size()).mapToObj(n -> one(designs, n)).toList();
        }

        private ScoredGradient one(RelaxedDesigns designs, int n) {
            float[] x = designs.rows().get(n);
            int columns = designs.alphabet().length();
            float[] gradient = new float[x.length];
            double score = 0;
            for (int l = 0; l < designs.length(); l++) {
                score += x[l * columns + 1] / designs.length();
                gradient[l * columns + 1] = 1f / designs.length();
            }
            for (int l = 0; l + 1 < designs.length(); l++) {
                int g = l * columns + 2;
                int a = (l + 1) * columns;
                score += 0.5 * x[g] * x[a] / designs.length();
                gradient[g] += 0.5f * x[a] / designs.length();
                gradient[a] += 0.5f * x[g] / designs.length();
            }
            if (n == brokenRow) {
                gradient[0] = value;
            }
            return new ScoredGradient(score, gradient);
        }
    }
}
