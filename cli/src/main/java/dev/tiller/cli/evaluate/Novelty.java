package dev.tiller.cli.evaluate;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.sequence.Levenshtein;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How far designs are from the sequences a model was trained on: the share that is not among them,
 * and the mean distance to the nearest, in letters.
 *
 * <p>Where all sequences and designs have one length the distance is Hamming's, to all sequences;
 * else Levenshtein's, to {@value #LEVENSHTEIN_ROWS} of them, evenly spread, if there are more. A
 * limit set by the caller holds for either.
 */
public final class Novelty implements Measure {
    /** An edit distance costs the product of both lengths, a Hamming distance a few words. */
    static final int LEVENSHTEIN_ROWS = 1000;

    private final List<String> training;
    private final Set<String> known;
    private final Integer limit;
    private final int length; // of all training sequences, or -1
    private NearestHamming hamming;
    private Reward levenshtein;

    /**
     * Creates the measure.
     *
     * @param training the sequences, at least one
     * @param limit how many of them designs are compared with, or null for the default
     */
    public Novelty(List<String> training, Integer limit) {
        if (limit != null && limit < 1) {
            throw new IllegalArgumentException("--nearest-rows must be at least 1, got " + limit);
        }
        this.training = training;
        this.known = new HashSet<>(training);
        this.limit = limit;
        int first = training.get(0).length();
        this.length = training.stream().allMatch(text -> text.length() == first) ? first : -1;
    }

    @Override
    public List<Column> columns() {
        return List.of(
                new Column("novel_share", "novel", 3),
                new Column("nearest_distance", "nearest", 1),
                new Column("nearest_rows", "rows compared", 0));
    }

    @Override
    public double[] of(DesignSet set) {
        List<String> designs = set.designs();
        long novel = designs.stream().filter(design -> !known.contains(design)).count();
        boolean aligned = designs.stream().allMatch(design -> design.length() == length);
        double distance = aligned ? hamming(designs) : levenshtein(designs);
        int rows = rows(aligned);
        return new double[] {(double) novel / designs.size(), distance, rows};
    }

    private int rows(boolean aligned) {
        int most = aligned ? training.size() : LEVENSHTEIN_ROWS;
        return Math.min(training.size(), limit == null ? most : limit);
    }

    /** Returns so many of the training sequences, evenly spread from the first on. */
    private List<String> spread(int rows) {
        return IntStream.range(0, rows)
                .mapToObj(i -> training.get((int) ((long) i * training.size() / rows)))
                .toList();
    }

    private double hamming(List<String> designs) {
        if (hamming == null) {
            hamming = new NearestHamming(spread(rows(true)));
        }
        return designs.stream().mapToInt(hamming::distance).average().orElseThrow();
    }

    private double levenshtein(List<String> designs) {
        if (levenshtein == null) {
            levenshtein =
                    new Levenshtein(
                            new Levenshtein.Options(
                                    spread(rows(false)), null, Levenshtein.Measure.DISTANCE));
        }
        double[] scores = levenshtein.score(new Designs(designs));
        return Arrays.stream(scores).map(score -> 0 - score).average().orElseThrow();
    }
}
