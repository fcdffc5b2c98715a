package dev.tiller.rewards.external;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.IncrementalReward;
import dev.tiller.rewards.Notation;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.cache.NoEffectOnScores;
import dev.tiller.rewards.molecule.Smiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Asks a program that reads requests from its standard input and prints answers to its standard
 * output, one JSON object per line:
 *
 * <pre>
 * request  {"id": 7, "designs": ["ACGT", "GGCA"]}
 * answer   {"id": 7, "scores": [0.5, null], "errors": {"1": "no fold found"}}
 * </pre>
 *
 * <p>An answer has one number per design, in the order of the designs; null, NaN and infinity mean
 * that there is none, and {@code errors} may say why, by the number of the design in the request
 * from 0. Before its first answer the program may print {@code {"ready": true, "version": "2"}}.
 * Other keys are ignored, and so are empty lines. Any other line is an error; messages belong to
 * standard error. The program ends when its standard input does.
 *
 * <p>A program that dies, hangs, or prints anything but the answer to its request is killed with
 * all that it has started, started again, and asked for the same batch. After {@code attempts} the
 * batch is halved down to the designs at fault. A design without a number is asked again alone.
 * Accepted numbers are never asked again. Programs start with the first call, run until {@link
 * #close} or the end of this program, and must give the same number to the same design. Safe for
 * concurrent calls, which share the programs.
 */
public final class ProcessReward implements IncrementalReward {
    private static final String NAME = "process";

    private final Options options;
    private final String digest;
    private final BatchedScoring scoring;

    /**
     * Makes the reward; starts nothing yet.
     *
     * @param options the command and how to use it
     * @throws IllegalArgumentException if the command is empty
     */
    public ProcessReward(Options options) {
        if (options.command().isEmpty()) {
            throw new IllegalArgumentException(
                    "command of reward 'process' must name a program, got none; write for example"
                            + " command=python3,score.py");
        }
        this.options = options;
        this.digest =
                CommandDigest.of(options.command(), options.workingDirectory(), options.version());
        this.scoring = new BatchedScoring(options.policy(), new WorkerPool(options));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String letters() {
        return options.readable();
    }

    @Override
    public Notation notation() {
        return options.notation();
    }

    /**
     * {@inheritDoc}
     *
     * @throws dev.tiller.rewards.RewardFailedException if designs have no score after all attempts,
     *     or the program cannot start or does not answer
     */
    @Override
    public double[] score(Designs designs) {
        return score(designs, (row, score) -> {});
    }

    @Override
    public double[] score(Designs designs, Listener listener) {
        return scoring.score(this, designs, listener);
    }

    /**
     * Returns the fingerprint of the command, of the contents of each file that it names, as they
     * were when the reward was made, and of the option {@code version}. What the program reads
     * besides is not seen; set another version when it changes.
     */
    @Override
    public Optional<String> digest() {
        return Optional.of(digest);
    }

    /** Ends the programs: closes their standard input, and kills those that run on for 2 s. */
    @Override
    public void close() {
        scoring.close();
    }

    /**
     * Which program to ask, and how.
     *
     * @param command the program and its arguments; no shell reads it, {@code sh -c} calls one
     * @param workers the most programs that run at a time
     * @param batchSize the most designs in one request
     * @param timeoutSeconds how long a request may take
     * @param startTimeoutSeconds how much longer the first request of a program may take
     * @param attempts how often a design is asked for before it is given up
     * @param letters the letters that the program reads
     * @param direction what a good number is
     * @param onFailure what becomes of a design without a number
     * @param failureScore the score of such a design if {@code onFailure} is score; else null
     * @param workingDirectory the folder in which the program runs; null for the current one
     * @param version any text that changes with the program; if the program says its version too,
     *     both must be equal
     * @param notation how designs are written; {@code smiles} reads all characters of SMILES,
     *     whatever {@code letters} says
     */
    public record Options(
            List<String> command,
            @NoEffectOnScores int workers,
            @NoEffectOnScores int batchSize,
            @NoEffectOnScores double timeoutSeconds,
            @NoEffectOnScores double startTimeoutSeconds,
            @NoEffectOnScores int attempts,
            String letters,
            Direction direction,
            @NoEffectOnScores OnFailure onFailure,
            @NoEffectOnScores Double failureScore,
            Path workingDirectory,
            String version,
            @NoEffectOnScores Notation notation) {

        /** Checks all but the command, which the reward checks. */
        public Options {
            command = List.copyOf(command);
            Objects.requireNonNull(direction, "direction");
            Objects.requireNonNull(onFailure, "onFailure");
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(notation, "notation");
            BatchPolicy.requireAtLeastOne("workers", workers);
            BatchPolicy.requireSeconds("timeoutSeconds", timeoutSeconds);
            BatchPolicy.requireSeconds("startTimeoutSeconds", startTimeoutSeconds);
            policy(letters, workers, batchSize, attempts, direction, onFailure, failureScore);
        }

        /**
         * Returns the options that hold where none are given.
         *
         * @return no command, one worker, 32 designs a request, a minute each, three attempts, DNA
         */
        public static Options defaults() {
            return new Options(
                    List.of(),
                    1,
                    32,
                    60,
                    60,
                    3,
                    "ACGT",
                    Direction.MAXIMISE,
                    OnFailure.FAIL,
                    null,
                    null,
                    "",
                    Notation.SEQUENCE);
        }

        private static BatchPolicy policy(
                String letters,
                int workers,
                int batchSize,
                int attempts,
                Direction direction,
                OnFailure onFailure,
                Double failureScore) {
            return new BatchPolicy(
                    NAME,
                    letters,
                    batchSize,
                    workers,
                    attempts,
                    direction,
                    new BatchPolicy.Failure(onFailure, failureScore));
        }

        /** The letters that a design may have. */
        String readable() {
            return notation == Notation.SMILES ? Smiles.LETTERS : letters;
        }

        BatchPolicy policy() {
            return policy(
                    readable(), workers, batchSize, attempts, direction, onFailure, failureScore);
        }
    }

    /** Listed in META-INF/services under the name {@code process}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Score of a program of yours that speaks JSON lines (any letters).";
        }

        @Override
        public Class<Options> optionsType() {
            return Options.class;
        }

        @Override
        public Options defaults() {
            return Options.defaults();
        }

        @Override
        public ProcessReward create(Options options, RewardContext context) {
            return new ProcessReward(options);
        }
    }
}
