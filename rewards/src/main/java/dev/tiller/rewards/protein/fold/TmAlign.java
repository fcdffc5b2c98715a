package dev.tiller.rewards.protein.fold;

import dev.tiller.rewards.Breakdown;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.IncrementalReward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardFailedException;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.external.CommandDigest;
import dev.tiller.rewards.external.DesignWorkers;
import dev.tiller.rewards.external.ExternalProgram;
import dev.tiller.rewards.external.OnFailure;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.StructureFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Scores proteins by whether they fold as wanted: a program of the user folds the design, TM-align
 * compares its structure with the target (Zhang and Skolnick, Nucleic Acids Research 33, 2005). The
 * score is the TM-score normalised by the length of the target, in (0, 1]; above 0.5 two structures
 * have the same fold. The target is the backbone that a design was made for, else that of the
 * option {@code structure}. X goes to the folding program as it is.
 *
 * <p>A design that cannot be folded or aligned gets the option {@code invalid}, the breakdown says
 * at which step it failed (1 folding, 2 alignment; 0 is none), and a warning is logged with what
 * the program said last; such a score is not kept by a cache. With {@code onFailure} fail the call
 * ends with an exception instead.
 *
 * <p>Safe for concurrent calls, which share the workers.
 */
public final class TmAlign implements IncrementalReward {
    private static final String NAME = "tm-align";
    private static final System.Logger LOG = System.getLogger(TmAlign.class.getName());

    private final TmAlignOptions options;
    private final Backbone target;
    private final FoldComparison comparison;
    private final DesignWorkers workers;

    /**
     * Makes the reward; folds nothing yet.
     *
     * @param options how to fold
     * @throws IllegalArgumentException if a program is missing, the command lacks its files, or the
     *     structure cannot be read
     */
    public TmAlign(TmAlignOptions options) {
        requireCommand(options.command());
        ExternalProgram.require("tmalign", options.tmalign(), "tm-align");
        this.options = options;
        this.target =
                options.structure() == null
                        ? null
                        : StructureFile.read(options.structure(), options.selection()).backbone();
        this.comparison = new FoldComparison(options);
        this.workers = new DesignWorkers(NAME, options.workers());
    }

    private static void requireCommand(List<String> command) {
        String words = String.join(" ", command);
        boolean input = words.contains("{fasta}") || words.contains("{sequence}");
        if (!input || !words.contains("{pdb}")) {
            throw new IllegalArgumentException(
                    "command of reward 'tm-align' must be a folding program with {pdb} and {fasta}"
                            + " or {sequence}, got '"
                            + words
                            + "'; write for example command=python3,fold.py,{fasta},{pdb}");
        }
        if (!ExternalProgram.isThere(command.get(0))) {
            throw new IllegalArgumentException(
                    "command of reward 'tm-align' must begin with an installed program, got '"
                            + command.get(0)
                            + "' which is not found");
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String letters() {
        return Backbone.AMINO_ACIDS + "X";
    }

    @Override
    public List<String> columns() {
        return List.of("tm-score", "rmsd", "failure");
    }

    /** Returns the fingerprint of the command with its files, and of the target. */
    @Override
    public Optional<String> digest() {
        String fold = target == null ? "" : target.id();
        return Optional.of(
                CommandDigest.of(options.command(), null, options.version() + "\n" + fold));
    }

    @Override
    public double[] score(Designs designs) {
        return score(designs, (row, score) -> {});
    }

    @Override
    public double[] score(Designs designs, Listener listener) {
        return compare(designs, listener).scores();
    }

    @Override
    public Breakdown breakdown(Designs designs) {
        return compare(designs, (row, score) -> {});
    }

    private Breakdown compare(Designs designs, Listener listener) {
        designs.requireReadableBy(this);
        int size = designs.size();
        List<Callable<Comparison>> work = new ArrayList<>();
        for (int n = 0; n < size; n++) {
            int row = n;
            String design = designs.sequences().get(n);
            Backbone wanted = target(designs, n);
            work.add(() -> compare(row, design, wanted, listener));
        }
        List<Comparison> comparisons = workers.all(work);
        double[] scores = new double[size];
        double[][] values = new double[size][];
        List<RewardFailedException.Failure> failures = new ArrayList<>();
        for (int n = 0; n < size; n++) {
            Comparison next = comparisons.get(n);
            scores[n] = next.failure() == 0 ? next.score() : options.invalid();
            values[n] = new double[] {next.score(), next.rmsd(), next.failure()};
            if (next.failure() > 0) {
                String design = designs.sequences().get(n);
                failures.add(new RewardFailedException.Failure(n, design, next.reason()));
            }
        }
        report(failures);
        return new Breakdown(scores, values);
    }

    private Backbone target(Designs designs, int n) {
        if (designs.condition(n).orElse(target) instanceof Backbone backbone) {
            return backbone;
        }
        throw new IllegalArgumentException(
                "reward 'tm-align' must have a structure to compare with, got a design without a"
                        + " backbone; set its option structure");
    }

    private Comparison compare(int row, String design, Backbone wanted, Listener listener)
            throws InterruptedException {
        try {
            FoldComparison.Alignment alignment = comparison.compare(design, wanted);
            listener.scored(row, alignment.score());
            return new Comparison(alignment.score(), alignment.rmsd(), 0, "");
        } catch (FoldFailure e) {
            return new Comparison(Double.NaN, Double.NaN, e.step().code(), e.getMessage());
        }
    }

    private void report(List<RewardFailedException.Failure> failures) {
        if (failures.isEmpty()) {
            return;
        }
        if (options.onFailure() == OnFailure.FAIL) {
            throw new RewardFailedException(
                    "reward 'tm-align' must fold all designs, got none for " + failures.size(),
                    failures,
                    List.of());
        }
        for (RewardFailedException.Failure failure : failures) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "not folded, scored {0}: {1}: {2}",
                    Double.toString(options.invalid()),
                    failure.design(),
                    failure.reason());
        }
    }

    /** Ends running programs. */
    @Override
    public void close() {
        workers.close();
    }

    private record Comparison(double score, double rmsd, int failure, String reason) {}

    /** Listed in META-INF/services under the name {@code tm-align}. */
    public static final class Provider implements RewardProvider<TmAlignOptions> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "TM-score of a folded protein with its target, by a folding program and"
                    + " TM-align.";
        }

        @Override
        public Class<TmAlignOptions> optionsType() {
            return TmAlignOptions.class;
        }

        @Override
        public TmAlignOptions defaults() {
            return TmAlignOptions.defaults();
        }

        @Override
        public TmAlign create(TmAlignOptions options, RewardContext context) {
            return new TmAlign(options);
        }
    }
}
