package dev.tiller.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.zoo.ModuleOptions.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A network in a file of another program as a reward. Safe for concurrent calls. */
final class ModuleReward implements Reward {
    private final String name;
    private final ModuleOptions options;
    private final LetterChannels channels;
    private final ModuleOutput output;
    private final Network network;

    /**
     * Wraps a module, and runs it once if the length of designs is known.
     *
     * @param name the name under which the reward is registered
     * @param options how to read the module
     * @param module the module; closed with this reward, also if this constructor fails
     * @param digest the SHA-256 of the file
     * @throws IllegalArgumentException if the module does not fit the options
     */
    ModuleReward(String name, ModuleOptions options, InferenceSession module, String digest) {
        this.name = name;
        this.options = options;
        this.channels = new LetterChannels(options.letters(), options.layout());
        this.output = new ModuleOutput(module, name, options);
        this.network = new Network(output, digest, module.backend().toString());
        if (options.length() > 0) {
            try {
                run(List.of(options.letters().substring(0, 1).repeat(options.length())));
            } catch (RuntimeException e) {
                network.close();
                throw e;
            }
        }
    }

    /** What selects the number that counts. */
    ModuleOutput output() {
        return output;
    }

    LetterChannels channels() {
        return channels;
    }

    Network network() {
        return network;
    }

    /** The shape of an input of some rows. */
    Shape shape(int rows, int length) {
        return options.layout() == Layout.CHANNELS_LAST
                ? new Shape(rows, length, channels.count())
                : new Shape(rows, channels.count(), length);
    }

    /** The score that a number of the module stands for. */
    double score(double number, int design) {
        double score = options.mean() + options.std() * number;
        if (!Double.isFinite(score)) {
            throw new IllegalStateException(
                    "score of design "
                            + (design + 1)
                            + " by reward '"
                            + name
                            + "' must be finite, got "
                            + score
                            + " from "
                            + options.file());
        }
        return score;
    }

    /** Checks the length of one design. */
    void requireLength(int length, int design) {
        boolean fits = options.length() == 0 ? length > 0 : length == options.length();
        if (!fits) {
            throw new IllegalArgumentException(
                    "designs for reward '"
                            + name
                            + "' must have "
                            + (options.length() == 0 ? "a letter" : options.length() + " letters")
                            + ", got "
                            + length
                            + " in design "
                            + (design + 1));
        }
    }

    private double[] run(List<String> sequences) {
        try (NDManager manager = network.newManager()) {
            Shape shape = shape(sequences.size(), sequences.get(0).length());
            NDArray input = manager.create(channels.hot(sequences), shape);
            return network.run(input).toType(DataType.FLOAT64, false).toDoubleArray();
        }
    }

    @Override
    public double[] score(Designs designs) {
        designs.requireReadableBy(this);
        Map<Integer, List<Integer>> byLength = new TreeMap<>();
        for (int n = 0; n < designs.size(); n++) {
            int length = designs.sequences().get(n).length();
            requireLength(length, n);
            byLength.computeIfAbsent(length, key -> new ArrayList<>()).add(n);
        }
        double[] scores = new double[designs.size()];
        for (List<Integer> numbers : byLength.values()) {
            double[] own = run(numbers.stream().map(designs.sequences()::get).toList());
            for (int i = 0; i < own.length; i++) {
                scores[numbers.get(i)] = score(own[i], numbers.get(i));
            }
        }
        return scores;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String letters() {
        return channels.readable();
    }

    /** Returns the SHA-256 of the file. */
    @Override
    public Optional<String> digest() {
        return Optional.of(network.digest());
    }

    @Override
    public void close() {
        network.close();
    }
}
