package dev.tiller.rewards.sequence.pwm;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.rewards.sequence.Fingerprint;
import dev.tiller.rewards.sequence.Nucleotides;
import dev.tiller.rewards.sequence.Strands;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Scores how well transcription factors bind a design, by position weight matrices.
 *
 * <p>The log-odds of a placement are the sum of the weights of its letters ({@link LogOdds});
 * {@link BindingScore} makes a score of all placements of a motif, on one or both strands, and the
 * reward is the sum over motifs. A palindromic site is a placement on each strand. Log-odds are
 * linear in one-hot letters, so relaxed designs are scored by the same formula and the gradient is
 * exact; where the best site is not unique, it is that of the first.
 *
 * <p>One design costs its length times the total width of the motifs, times the number of strands.
 * Immutable, hence safe for concurrent use.
 */
public final class Pwm implements DifferentiableReward {
    private static final String NAME = "pwm";

    private final BindingScore mode;
    private final List<Motif> motifs;
    private final String digest;

    /** A motif on the strands that count, with its threshold. */
    record Motif(List<LogOdds> strands, double threshold, double lowest) {}

    /**
     * Makes the reward of motifs that were read before.
     *
     * @param source the motifs; those that {@code options} names are taken
     * @param options how to score; its file is not read
     */
    public Pwm(MotifFile source, PwmOptions options) {
        List<Double> background = background(source, options);
        this.mode = options.mode();
        List<PositionMatrix> chosen = source.select(options.motifs());
        this.digest =
                Fingerprint.of(chosen.stream().map(matrix -> text(matrix, background)).toList());
        this.motifs = chosen.stream().map(matrix -> motif(matrix, options, background)).toList();
    }

    static List<Double> background(MotifFile source, PwmOptions options) {
        if (!options.background().isEmpty()) {
            return options.background();
        }
        List<Double> background =
                source.background().orElse(Collections.nCopies(Nucleotides.COUNT, 0.25));
        PwmOptions.requireBackground(background);
        return background;
    }

    private static String text(PositionMatrix matrix, List<Double> background) {
        StringBuilder text = new StringBuilder(matrix.id());
        Stream.concat(matrix.counts().stream().flatMap(List::stream), background.stream())
                .forEach(number -> text.append(' ').append(Double.toHexString(number)));
        return text.toString();
    }

    static Motif motif(PositionMatrix matrix, PwmOptions options, List<Double> background) {
        LogOdds forward = LogOdds.of(matrix, options.pseudocount(), background);
        List<LogOdds> strands =
                options.strands() == Strands.BOTH
                        ? List.of(forward, forward.reverseComplement())
                        : List.of(forward);
        double threshold = options.cutoff().threshold(forward, background, options.level());
        return new Motif(strands, threshold, forward.lowest());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String letters() {
        return Nucleotides.LETTERS;
    }

    @Override
    public double[] score(Designs designs) {
        designs.requireReadableBy(this);
        return designs.sequences().stream()
                .mapToDouble(sequence -> scoreOf(Nucleotides.indices(sequence)))
                .toArray();
    }

    private double scoreOf(int[] nucleotides) {
        double score = 0;
        for (Motif motif : motifs) {
            List<double[]> scans = motif.strands().stream().map(w -> w.scan(nucleotides)).toList();
            score += mode.of(join(scans), motif.threshold(), motif.lowest());
        }
        return score;
    }

    /**
     * Returns the fingerprint of the chosen motifs and the background.
     *
     * @return the SHA-256 of a line for each motif: its identifier, counts and background
     */
    @Override
    public Optional<String> digest() {
        return Optional.of(digest);
    }

    @Override
    public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
        return IntStream.range(0, designs.size())
                .mapToObj(row -> differentiate(designs, row))
                .toList();
    }

    private ScoredGradient differentiate(RelaxedDesigns designs, int row) {
        double[][] x = Nucleotides.relaxed(designs, row);
        double[][] gradient = new double[x.length][Nucleotides.COUNT];
        double score = 0;
        for (Motif motif : motifs) {
            List<double[]> scans = new ArrayList<>();
            for (LogOdds strand : motif.strands()) {
                scans.add(strand.scan(x));
            }
            double[] joined = join(scans);
            score += mode.of(joined, motif.threshold(), motif.lowest());
            double[] slopes = mode.slopes(joined, motif.threshold());
            int from = 0;
            for (LogOdds strand : motif.strands()) {
                int to = from + strand.placements(x.length);
                strand.addGradient(Arrays.copyOfRange(slopes, from, to), gradient);
                from = to;
            }
        }
        return new ScoredGradient(score, Nucleotides.byLetter(gradient, designs.alphabet()));
    }

    private static double[] join(List<double[]> scans) {
        return scans.stream().flatMapToDouble(Arrays::stream).toArray();
    }

    /** Listed in META-INF/services under the name {@code pwm}. */
    public static final class Provider implements RewardProvider<PwmOptions> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Binding to motifs of a JASPAR or MEME file by position weight matrices (DNA,"
                    + " RNA).";
        }

        @Override
        public Class<PwmOptions> optionsType() {
            return PwmOptions.class;
        }

        @Override
        public PwmOptions defaults() {
            return PwmOptions.defaults();
        }

        @Override
        public Reward create(PwmOptions options, RewardContext context) {
            if (options.file() == null) {
                throw new IllegalArgumentException(
                        "option 'file' of reward 'pwm' must be a file of motifs, got none; write"
                                + " for example file=motifs.jaspar");
            }
            try {
                return new Pwm(MotifFile.read(options.file()), options);
            } catch (IOException e) {
                throw new IllegalArgumentException(
                        "option 'file' of reward 'pwm' must be a file of motifs, got " + e, e);
            }
        }
    }
}
