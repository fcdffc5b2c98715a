package dev.tiller.finetune.objective;

import dev.tiller.finetune.data.LocalAlignment;
import dev.tiller.rewards.protein.Backbone;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What can be told of the letters of a protein without its structure. */
public final class LetterBaselines {
    private LetterBaselines() {}

    /**
     * Evaluates two baselines: the frequencies of the amino acids, and the letters of the known
     * protein that aligns best, with the most frequent amino acid where it has none. The alignment
     * sees the letters that are to be told, so the neighbour's recovery is an upper bound.
     *
     * @param known proteins to learn from
     * @param test other proteins
     * @return perplexity and recovery of the frequencies, recovery of the neighbour
     */
    public static Map<String, Double> of(List<Backbone> known, List<Backbone> test) {
        double[] counts = new double[Backbone.AMINO_ACIDS.length()];
        known.forEach(
                one ->
                        one.sequence()
                                .chars()
                                .map(Backbone.AMINO_ACIDS::indexOf)
                                .filter(letter -> letter >= 0)
                                .forEach(letter -> counts[letter]++));
        double sum = 0;
        int common = 0;
        for (int letter = 0; letter < counts.length; letter++) {
            sum += counts[letter] + 1;
            common = counts[letter] > counts[common] ? letter : common;
        }
        double crossEntropy = 0;
        double frequent = 0;
        double copied = 0;
        double letters = 0;
        for (Backbone protein : test) {
            String text = protein.sequence();
            String neighbour = neighbour(text, known);
            int[] pairs = LocalAlignment.of(text, neighbour).pairs();
            for (int i = 0; i < text.length(); i++) {
                int truth = Backbone.AMINO_ACIDS.indexOf(text.charAt(i));
                if (truth < 0) {
                    continue;
                }
                letters++;
                crossEntropy -= Math.log((counts[truth] + 1) / sum);
                frequent += truth == common ? 1 : 0;
                char copy =
                        pairs[i] < 0
                                ? Backbone.AMINO_ACIDS.charAt(common)
                                : neighbour.charAt(pairs[i]);
                copied += copy == text.charAt(i) ? 1 : 0;
            }
        }
        Map<String, Double> numbers = new TreeMap<>();
        numbers.put("perplexity_of_frequencies", Math.exp(crossEntropy / letters));
        numbers.put("recovery_of_frequencies", frequent / letters);
        numbers.put("recovery_of_nearest_sequence", copied / letters);
        return numbers;
    }

    private static String neighbour(String text, List<Backbone> known) {
        String best = "";
        int highest = -1;
        for (Backbone other : known) {
            int score = LocalAlignment.of(text, other.sequence()).score();
            if (score > highest) {
                highest = score;
                best = other.sequence();
            }
        }
        return best;
    }
}
