package dev.tiller.finetune.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.tiller.finetune.data.Mutants;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.sampler.numerics.Tensors;
import dev.tiller.zoo.BackboneGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Least squares on measured changes of stability: a network reads the backbone of a protein and the
 * letters of a mutant (Wang et al. 2024, DRAKES).
 *
 * <p>An example is a protein. In each step some of its mutants are drawn, and its wild type, whose
 * change is 0; they share one pass through the encoder of the structure. Labels are standardised by
 * the mutants of the training set.
 */
public final class Stability implements Objective {
    /** Mutants of a call of the network that predicts. */
    private static final int ROWS = 64;

    /** Mutants of each protein that a validation looks at. */
    private static final int VALIDATED = 200;

    private static final double[] QUARTILES = {0.25, 0.5, 0.75};

    /**
     * How the loss is computed.
     *
     * @param neighbours k, the residues that a residue sees
     * @param backboneNoise standard deviation of the noise on each coordinate, in angstrom
     * @param mutants how many mutants are drawn of each protein of a batch
     * @param change whether what counts is the difference of the output from that of the wild type,
     *     which makes the change of the wild type 0
     */
    public record Options(int neighbours, double backboneNoise, int mutants, boolean change) {}

    private final List<Mutants> training;
    private final List<Mutants> validation;
    private final Options options;
    private final Randomness noise;
    private final double mean;
    private final double deviation;

    /**
     * Creates the objective.
     *
     * @param training proteins to learn from
     * @param validation proteins for early stopping; some hundred mutants of each are looked at
     * @param options how the loss is computed
     * @param noise the only source of randomness
     */
    public Stability(
            List<Mutants> training, List<Mutants> validation, Options options, Randomness noise) {
        this.training = List.copyOf(training);
        this.validation = validation.stream().map(Stability::some).toList();
        this.options = options;
        this.noise = noise;
        double[] labels =
                training.stream().flatMapToDouble(one -> Arrays.stream(one.labels())).toArray();
        this.mean = options.change() ? 0 : Statistics.mean(labels);
        this.deviation = Math.max(1e-8, Statistics.standardDeviation(labels));
    }

    /** Takes mutants that are spread over the table. */
    private static Mutants some(Mutants all) {
        int rows = Math.min(all.size(), VALIDATED);
        return all.select(
                IntStream.range(0, rows).map(i -> (int) ((long) i * all.size() / rows)).toArray());
    }

    /**
     * Returns the mean of the labels.
     *
     * @return in the unit of the labels
     */
    public double mean() {
        return mean;
    }

    /**
     * Returns the standard deviation of the labels.
     *
     * @return in the unit of the labels
     */
    public double deviation() {
        return deviation;
    }

    @Override
    public int examples() {
        return training.size();
    }

    @Override
    public Evaluated accumulate(Forward network, int[] batch, long step, NDManager scope) {
        double loss = 0;
        for (int i = 0; i < batch.length; i++) {
            Mutants protein = drawn(training.get(batch[i]), i, step);
            BackboneGraph graph = noisy(protein.backbone(), i, step);
            int call = i;
            try (NDManager part = scope.newSubManager()) {
                loss +=
                        Gradients.backward(
                                part,
                                () -> {
                                    NDArray error =
                                            error(network, protein, graph, step, call, part);
                                    return Tensors.scale(error, 1.0 / batch.length);
                                });
            }
        }
        return new Evaluated(loss, Map.of());
    }

    /** Draws mutants of a protein, each at most once. */
    private Mutants drawn(Mutants all, int place, long step) {
        double[] keys = new double[all.size()];
        noise.fill(place, (int) step, Purpose.TRAINING_INPUT, 0, keys);
        int[] rows =
                IntStream.range(0, keys.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(row -> keys[row]))
                        .limit(options.mutants())
                        .mapToInt(Integer::intValue)
                        .toArray();
        return all.select(rows);
    }

    private BackboneGraph noisy(Backbone backbone, int place, long step) {
        return options.backboneNoise() == 0
                ? BackboneGraph.of(backbone, options.neighbours())
                : BackboneGraph.of(
                        backbone,
                        options.neighbours(),
                        options.backboneNoise(),
                        noise,
                        place,
                        (int) step);
    }

    /** The mean squared error of the wild type and the mutants, in standard deviations, [1]. */
    private NDArray error(
            Forward network,
            Mutants mutants,
            BackboneGraph graph,
            long step,
            int call,
            NDManager scope) {
        NDList structure = BackboneGraph.batch(List.of(graph), mutants.backbone().length(), scope);
        // two calls of the network, with dropout of their own
        NDList encoded = network.outputs(structure, TokenBudget.address(step, 2 * call));
        NDArray output =
                network.run(
                        decoder(tokens(mutants, true), graph, encoded, structure, scope),
                        TokenBudget.address(step, 2 * call + 1));
        NDArray predicted = options.change() ? fromWildType(output) : output;
        float[] targets = new float[mutants.size() + 1];
        targets[0] = (float) (-mean / deviation);
        for (int i = 0; i < mutants.size(); i++) {
            targets[i + 1] = (float) ((mutants.labels()[i] - mean) / deviation);
        }
        NDArray target = Tensors.create(scope, targets, new Shape(targets.length, 1));
        return predicted.sub(target).square().mean().reshape(1);
    }

    /** The difference from the first row. */
    private static NDArray fromWildType(NDArray output) {
        return output.sub(output.get(new NDIndex("0:1")));
    }

    /** The inputs of the decoder: an encoded structure, shared by all rows. */
    private static NDList decoder(
            long[][] tokens,
            BackboneGraph graph,
            NDList encoded,
            NDList structure,
            NDManager scope) {
        int length = graph.length();
        long[] flat = Arrays.stream(tokens).flatMapToLong(Arrays::stream).toArray();
        int[] near = graph.indices();
        // numbered through all rows
        long[] rows = new long[tokens.length * near.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = near[i % near.length] + (long) (i / near.length) * length;
        }
        Shape neighbours = new Shape(tokens.length, length, graph.neighbours());
        return new NDList(
                Tensors.create(scope, flat, new Shape(tokens.length, length)),
                encoded.get(0),
                encoded.get(1),
                Tensors.create(scope, rows, neighbours),
                structure.get(2),
                structure.get(4));
    }

    /** The tokens of the mutants, the wild type first if it is wanted. */
    private static long[][] tokens(Mutants mutants, boolean wildType) {
        long[] wild = ProteinTokens.of(mutants.backbone());
        List<long[]> rows = new ArrayList<>();
        if (wildType) {
            rows.add(wild);
        }
        for (int i = 0; i < mutants.size(); i++) {
            long[] row = wild.clone();
            row[mutants.positions()[i]] = mutants.letters()[i];
            rows.add(row);
        }
        return rows.toArray(long[][]::new);
    }

    /**
     * Predicts the labels of mutants.
     *
     * @param network the network in evaluation mode
     * @param mutants the mutants of a protein
     * @param scope parent of the managers of all arrays made
     * @return one prediction for each, in the unit of the labels
     */
    public double[] predict(Forward network, Mutants mutants, NDManager scope) {
        long[][] tokens = tokens(mutants, false);
        long[][] wild = {ProteinTokens.of(mutants.backbone())};
        double[] predictions = new double[tokens.length];
        BackboneGraph graph = BackboneGraph.of(mutants.backbone(), options.neighbours());
        try (NDManager part = scope.newSubManager()) {
            int length = mutants.backbone().length();
            NDList structure = BackboneGraph.batch(List.of(graph), length, part);
            NDList encoded = network.outputs(structure, -1);
            float before = 0;
            if (options.change()) {
                NDList inputs = decoder(wild, graph, encoded, structure, part);
                before = network.run(inputs, -1).toFloatArray()[0];
            }
            for (int start = 0; start < tokens.length; start += ROWS) {
                int end = Math.min(tokens.length, start + ROWS);
                try (NDManager call = part.newSubManager()) {
                    long[][] rows = Arrays.copyOfRange(tokens, start, end);
                    float[] values =
                            network.run(decoder(rows, graph, encoded, structure, call), -1)
                                    .toFloatArray();
                    for (int i = 0; i < values.length; i++) {
                        predictions[start + i] = mean + deviation * (values[i] - before);
                    }
                }
            }
        }
        return predictions;
    }

    @Override
    public Validation validate(Forward network, NDManager scope) {
        Map<String, Double> numbers = evaluate(network, validation, scope);
        double rmse = numbers.get("rmse");
        return new Validation(rmse * rmse / (deviation * deviation), numbers);
    }

    /**
     * Compares predictions with measurements: the rank correlation of the mutants of each protein,
     * its mean and quartiles over the proteins, and the root of the mean squared error of all.
     *
     * @param network the network in evaluation mode
     * @param proteins the mutants of each protein
     * @param scope parent of the managers of all arrays made
     * @return the numbers by name; the error in the unit of the labels
     */
    public Map<String, Double> evaluate(Forward network, List<Mutants> proteins, NDManager scope) {
        double[] correlations = new double[proteins.size()];
        double squares = 0;
        int rows = 0;
        for (int i = 0; i < correlations.length; i++) {
            Mutants protein = proteins.get(i);
            double[] predictions = predict(network, protein, scope);
            correlations[i] = Statistics.spearman(predictions, protein.labels());
            for (int row = 0; row < predictions.length; row++) {
                double error = predictions[row] - protein.labels()[row];
                squares += error * error;
            }
            rows += predictions.length;
        }
        double[] known = Arrays.stream(correlations).filter(Double::isFinite).toArray();
        Map<String, Double> numbers = new TreeMap<>();
        numbers.put("rmse", Math.sqrt(squares / rows));
        numbers.put("spearman_mean", known.length == 0 ? 0 : Statistics.mean(known));
        for (double share : QUARTILES) {
            String name = "spearman_quartile_" + (int) (4 * share);
            numbers.put(name, known.length == 0 ? 0 : Statistics.quantile(known, share));
        }
        return numbers;
    }
}
