package dev.tiller.rewards.sequence.pwm;

import dev.tiller.rewards.sequence.Nucleotides;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Turns the lines of a file in MEME text format into motifs; used once. Whatever is not needed,
 * such as log-odds matrices, sites and addresses, is passed over.
 */
final class MemeParser {
    /** The number of sites that the MEME programs assume where a file does not give it. */
    private static final double SITES = 20;

    private static final double SUM_TOLERANCE = 0.01;

    private final MotifLines lines;
    private final List<PositionMatrix> motifs = new ArrayList<>();
    private List<Double> background;
    private String id;
    private String name;

    MemeParser(MotifLines lines) {
        this.lines = lines;
    }

    MotifFile parse() {
        checkVersion();
        while (lines.hasNext()) {
            String line = lines.take();
            if (line.startsWith("ALPHABET")) {
                checkAlphabet(line);
            } else if (line.startsWith("Background letter frequencies")) {
                background = background();
            } else if (line.startsWith("MOTIF ") || line.startsWith("MOTIF\t")) {
                startMotif(line);
            } else if (line.startsWith("letter-probability matrix:")) {
                addMotif(line);
            }
        }
        return new MotifFile(motifs, Optional.ofNullable(background));
    }

    private void checkVersion() {
        List<String> words = MotifLines.words(lines.take());
        String version = words.size() > 2 ? words.get(2) : "none";
        if (!version.startsWith("4") && !version.startsWith("5")) {
            throw lines.error(
                    "MEME version must be 4 or 5, got "
                            + version
                            + "; convert the file with meme2meme");
        }
    }

    private void checkAlphabet(String line) {
        String letters = line.substring("ALPHABET".length()).replace("=", " ").strip();
        if (!letters.equals("ACGT") && !letters.equals("ACGU")) {
            throw lines.error(
                    "ALPHABET must be ACGT or ACGU, got '"
                            + letters
                            + "'; motifs of other alphabets are not read");
        }
    }

    /** Reads pairs of letter and frequency, which may be spread over lines. */
    private List<Double> background() {
        Double[] frequencies = new Double[Nucleotides.COUNT];
        int found = 0;
        while (found < Nucleotides.COUNT) {
            List<String> words = MotifLines.words(lines.take());
            if (words.isEmpty() || words.size() % 2 != 0) {
                throw lines.error(
                        "background must be pairs of letter and frequency, such as A 0.25 C 0.25");
            }
            for (int i = 0; i < words.size(); i += 2) {
                int nucleotide = MotifLines.nucleotide(words.get(i));
                if (nucleotide < 0 || frequencies[nucleotide] != null) {
                    throw lines.error(
                            "background must have each nucleotide once, got '"
                                    + words.get(i)
                                    + "'");
                }
                frequencies[nucleotide] = lines.number(words.get(i + 1));
                found++;
            }
        }
        checkSum("background", Arrays.asList(frequencies));
        return List.of(frequencies);
    }

    private void startMotif(String line) {
        List<String> words = MotifLines.words(line);
        id = words.get(1);
        // the full format goes on with "width = 8" where there is no name
        boolean named = words.size() > 2 && !words.get(2).equals("width");
        name = named ? words.get(2) : id;
    }

    private void addMotif(String line) {
        if (id == null) {
            throw lines.error(
                    "matrix without a motif; put a line such as MOTIF MA0004.1 before it");
        }
        List<String> words = MotifLines.words(line.replace("=", " "));
        double letters = setting(words, "alength", Nucleotides.COUNT);
        if (letters != Nucleotides.COUNT) {
            throw lines.error("alength must be 4, got " + letters);
        }
        double width = setting(words, "w", -1);
        double sites = setting(words, "nsites", SITES);
        // a file may give 0 sites for a motif that was made by hand
        double weight = sites > 0 ? sites : SITES;
        List<List<Double>> counts = new ArrayList<>();
        while (counts.size() != width && hasRow()) {
            counts.add(row(weight));
        }
        if (counts.isEmpty() || (width >= 0 && counts.size() != width)) {
            lines.take();
            throw lines.error(
                    "matrix of motif '"
                            + id
                            + "' must have "
                            + (width < 0 ? "rows" : (long) width + " rows")
                            + ", got "
                            + counts.size());
        }
        motifs.add(new PositionMatrix(id, name, counts));
        id = null;
    }

    private boolean hasRow() {
        String line = lines.peek();
        return !line.isEmpty() && (Character.isDigit(line.charAt(0)) || line.charAt(0) == '.');
    }

    private List<Double> row(double weight) {
        List<Double> row = MotifLines.words(lines.take()).stream().map(lines::number).toList();
        if (row.size() != Nucleotides.COUNT) {
            throw lines.error("a row must have 4 probabilities, got " + row.size());
        }
        checkSum("a row", row);
        return row.stream().map(probability -> probability * weight).toList();
    }

    private void checkSum(String what, List<Double> probabilities) {
        double sum = probabilities.stream().mapToDouble(Double::doubleValue).sum();
        if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
            throw lines.error(what + " must add up to 1, got " + sum);
        }
    }

    private double setting(List<String> words, String key, double otherwise) {
        int at = words.indexOf(key);
        if (at < 0) {
            return otherwise;
        }
        if (at + 1 == words.size()) {
            throw lines.error(key + " must have a value; write for example " + key + "= 20");
        }
        return lines.number(words.get(at + 1));
    }
}
