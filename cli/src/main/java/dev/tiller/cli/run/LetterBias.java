package dev.tiller.cli.run;

import dev.tiller.rewards.protein.Backbone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/** What is added to log p of the letters: the same everywhere, and at single residues. */
final class LetterBias {
    private static final char UNKNOWN = 'X';

    private final String alphabet;
    private final float[] everywhere;
    private final List<Line> lines;

    /** A line of a file. */
    private record Line(String residues, int letter, float bias) {}

    private LetterBias(String alphabet, float[] everywhere, List<Line> lines) {
        this.alphabet = alphabet;
        this.everywhere = everywhere;
        this.lines = lines;
    }

    /**
     * Collects the biases of a job.
     *
     * @throws IllegalArgumentException if a letter is none of the twenty, all are excluded, or the
     *     file cannot be read
     */
    static LetterBias of(BackboneSampling settings, String alphabet) {
        float[] everywhere = new float[alphabet.length()];
        if (settings.letterBias() != null) {
            for (Map.Entry<String, Double> entry : settings.letterBias().entrySet()) {
                int letter = letter(entry.getKey(), alphabet, "--letter-bias");
                everywhere[letter] = finite(entry.getValue(), "--letter-bias");
            }
        }
        if (settings.excludedLetters() != null) {
            for (String letter : settings.excludedLetters().split("")) {
                everywhere[letter(letter, alphabet, "--excluded-letters")] =
                        Float.NEGATIVE_INFINITY;
            }
        }
        int unknown = alphabet.indexOf(UNKNOWN);
        if (unknown >= 0) {
            everywhere[unknown] = Float.NEGATIVE_INFINITY;
        }
        if (allExcluded(everywhere)) {
            throw new IllegalArgumentException(
                    "--excluded-letters must leave an amino acid, got "
                            + settings.excludedLetters());
        }
        return new LetterBias(alphabet, everywhere, lines(settings.biasFile(), alphabet));
    }

    private static boolean allExcluded(float[] biases) {
        for (float bias : biases) {
            if (bias != Float.NEGATIVE_INFINITY) {
                return false;
            }
        }
        return true;
    }

    private static int letter(String text, String alphabet, String where) {
        int letter = text.length() == 1 ? alphabet.indexOf(text.charAt(0)) : -1;
        if (letter < 0 || text.charAt(0) == UNKNOWN) {
            throw new IllegalArgumentException(
                    where
                            + " must have amino acids of "
                            + Backbone.AMINO_ACIDS
                            + ", got '"
                            + text
                            + "'");
        }
        return letter;
    }

    private static float finite(double number, String where) {
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException(where + " must be finite, got " + number);
        }
        return (float) number;
    }

    private static List<Line> lines(String file, String alphabet) {
        List<Line> lines = new ArrayList<>();
        if (file == null) {
            return lines;
        }
        try {
            int number = 0;
            for (String text : Files.readAllLines(Path.of(file))) {
                number++;
                if (!text.isBlank() && !text.startsWith("#")) {
                    lines.add(line(text.strip().split("\\s+"), alphabet, file + ":" + number));
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--bias-file must be a text file, got " + file + ": " + e, e);
        }
        return lines;
    }

    private static Line line(String[] fields, String alphabet, String where) {
        if (fields.length != 3) {
            throw new IllegalArgumentException(
                    where
                            + ": a line must have residues, letter and number, as 'A52 W -0.5', got"
                            + " "
                            + fields.length
                            + " fields");
        }
        try {
            float bias = finite(Double.parseDouble(fields[2]), where);
            return new Line(fields[0], letter(fields[1], alphabet, where), bias);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    where + ": the third field must be a number, got '" + fields[2] + "'", e);
        }
    }

    /** Returns the bias of each letter at each residue, row-major [L, K]. */
    float[] table(Backbone backbone) {
        int letters = alphabet.length();
        float[] table = new float[backbone.length() * letters];
        for (int i = 0; i < table.length; i++) {
            table[i] = everywhere[i % letters];
        }
        for (Line line : lines) {
            BitSet residues = backbone.select(line.residues());
            residues.stream().forEach(i -> table[i * letters + line.letter()] += line.bias());
        }
        return table;
    }
}
