package dev.tiller.rewards.external;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.IncrementalReward;
import dev.tiller.rewards.Notation;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.cache.NoEffectOnScores;
import dev.tiller.rewards.molecule.Smiles;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Asks a server: each request is a POST whose body is the request of {@link ProcessReward}, and the
 * body of a response with status 200 is its answer.
 *
 * <p>Status 429 and 500 to 599, no response in time, a broken connection, and a body that is not
 * the answer to the request are tried again, after a pause that doubles with each attempt, or as
 * long as the header Retry-After asks for. Any other status ends the call at once. A design without
 * a number is asked again alone. Accepted numbers are never asked again. The first call opens the
 * first connection. The server must give the same number to the same design. Safe for concurrent
 * calls, which share the connections.
 */
public final class HttpReward implements IncrementalReward {
    private static final String NAME = "http";

    private final Options options;
    private final BatchedScoring scoring;

    /**
     * Makes the reward; connects to nothing yet.
     *
     * @param options the server and how to ask it
     * @throws IllegalArgumentException if there is no URL, or a header names an environment
     *     variable that is not set
     */
    public HttpReward(Options options) {
        if (options.url().isEmpty()) {
            throw new IllegalArgumentException(
                    "url of reward 'http' must be given, got none; write for example"
                            + " url=http://localhost:8000/score");
        }
        this.options = options;
        this.scoring = new BatchedScoring(options.policy(), new HttpTransport(options));
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
     *     or the server refuses or does not answer
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
     * Returns the fingerprint of the URL and the option {@code version}, or nothing if there is no
     * version: then nobody can say whether the server is still the same.
     */
    @Override
    public Optional<String> digest() {
        if (options.version().isEmpty()) {
            return Optional.empty();
        }
        MessageDigest digest = CommandDigest.sha256();
        CommandDigest.add(digest, options.version());
        CommandDigest.add(digest, options.url());
        return Optional.of(HexFormat.of().formatHex(digest.digest()));
    }

    /** Breaks off the requests that run. */
    @Override
    public void close() {
        scoring.close();
    }

    /**
     * Which server to ask, and how.
     *
     * @param url the address, http or https
     * @param headers headers of each request, such as {@code Authorization: Bearer ${TOKEN}}, where
     *     the text in braces is replaced by the environment variable of that name
     * @param connections the most requests at a time
     * @param batchSize the most designs in one request
     * @param timeoutSeconds how long a request may take, with its response
     * @param attempts how often a design is asked for before it is given up
     * @param backoffSeconds the pause after a first failure
     * @param letters the letters that the server reads
     * @param direction what a good number is
     * @param onFailure what becomes of a design without a number
     * @param failureScore the score of such a design if {@code onFailure} is score; else null
     * @param version any text that changes with the server's model
     * @param notation how designs are written; {@code smiles} reads all characters of SMILES,
     *     whatever {@code letters} says
     */
    public record Options(
            String url,
            List<String> headers,
            @NoEffectOnScores int connections,
            @NoEffectOnScores int batchSize,
            @NoEffectOnScores double timeoutSeconds,
            @NoEffectOnScores int attempts,
            @NoEffectOnScores double backoffSeconds,
            String letters,
            Direction direction,
            @NoEffectOnScores OnFailure onFailure,
            @NoEffectOnScores Double failureScore,
            String version,
            @NoEffectOnScores Notation notation) {

        /** Checks all but whether there is a URL, which the reward checks. */
        public Options {
            Objects.requireNonNull(url, "url");
            headers = List.copyOf(headers);
            Objects.requireNonNull(direction, "direction");
            Objects.requireNonNull(onFailure, "onFailure");
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(notation, "notation");
            BatchPolicy.requireAtLeastOne("connections", connections);
            BatchPolicy.requireSeconds("timeoutSeconds", timeoutSeconds);
            BatchPolicy.requireSeconds("backoffSeconds", backoffSeconds);
            policy(letters, connections, batchSize, attempts, direction, onFailure, failureScore);
        }

        /**
         * Returns the options that hold where none are given.
         *
         * @return no URL, four connections, 32 designs a request, a minute each, three attempts,
         *     half a second after the first, DNA
         */
        public static Options defaults() {
            return new Options(
                    "",
                    List.of(),
                    4,
                    32,
                    60,
                    3,
                    0.5,
                    "ACGT",
                    Direction.MAXIMISE,
                    OnFailure.FAIL,
                    null,
                    "",
                    Notation.SEQUENCE);
        }

        private static BatchPolicy policy(
                String letters,
                int connections,
                int batchSize,
                int attempts,
                Direction direction,
                OnFailure onFailure,
                Double failureScore) {
            return new BatchPolicy(
                    NAME,
                    letters,
                    batchSize,
                    connections,
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
                    readable(),
                    connections,
                    batchSize,
                    attempts,
                    direction,
                    onFailure,
                    failureScore);
        }
    }

    /** Listed in META-INF/services under the name {@code http}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Score of a server of yours that takes JSON by POST (any letters).";
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
        public HttpReward create(Options options, RewardContext context) {
            return new HttpReward(options);
        }
    }
}
