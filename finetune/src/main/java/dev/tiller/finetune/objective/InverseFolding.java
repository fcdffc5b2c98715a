package dev.tiller.finetune.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.masked.Subs;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.sampler.numerics.Tensors;
import dev.tiller.sampler.schedule.NoiseSchedule;
import dev.tiller.zoo.BackboneGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Inverse folding as masked diffusion: letters of a protein are masked, and a network that sees the
 * backbone tells them (Wang et al. 2024, DRAKES; the network is that of Dauparas et al. 2022).
 *
 * <p>Times are uniform, one per stratum of a batch. Coordinates get Gaussian noise, other noise in
 * each step. The proteins of a batch are cut into calls of the network by a budget of tokens,
 * similar lengths together; how they are cut changes the sum of the gradients by rounding alone.
 */
public final class InverseFolding implements Objective {
    private static final double SMALLEST_TIME = 0.01;
    private static final double HALF = 0.5;

    /** Sample ids of validation, far above those of training. */
    private static final long VALIDATION_STREAM = 1L << 40;

    /** Which letters count, and how much. */
    public enum Loss {
        /**
         * All letters alike, masked or not, as published: tokens may be placed and still doubted.
         */
        ALL,
        /** The masked letters alike. */
        MASKED,
        /** The masked letters by the weights of the evidence lower bound; no label smoothing. */
        NELBO
    }

    /**
     * How the loss is computed.
     *
     * @param cleanTokens K; the mask is K
     * @param neighbours k, the residues that a residue sees
     * @param backboneNoise standard deviation of the noise on each coordinate, in angstrom
     * @param schedule the noise schedule of the letters
     * @param loss which letters count
     * @param labelSmoothing weight of the uniform distribution beside the letter, at least 0
     * @param normaliser what the sum of the losses is divided by; 0 for the number of letters that
     *     count
     * @param batchTokens tokens of a call of the network, padding included; a longer protein is a
     *     call of its own
     */
    public record Options(
            int cleanTokens,
            int neighbours,
            double backboneNoise,
            NoiseSchedule schedule,
            Loss loss,
            double labelSmoothing,
            double normaliser,
            int batchTokens) {}

    private final List<Backbone> training;
    private final List<Backbone> validation;
    private final List<BackboneGraph> validationGraphs;
    private final Options options;
    private final Randomness noise;

    /**
     * Creates the objective.
     *
     * @param training proteins to learn from
     * @param validation proteins for early stopping
     * @param options how the loss is computed
     * @param noise the only source of randomness
     */
    public InverseFolding(
            List<Backbone> training, List<Backbone> validation, Options options, Randomness noise) {
        this.training = List.copyOf(training);
        this.validation = List.copyOf(validation);
        this.validationGraphs =
                validation.stream().map(b -> BackboneGraph.of(b, options.neighbours())).toList();
        this.options = options;
        this.noise = noise;
    }

    /**
     * A protein with masked letters.
     *
     * @param clean its tokens
     * @param tokens those that the network sees
     * @param weights what each letter counts
     */
    record Example(long[] clean, long[] tokens, float[] weights) {}

    @Override
    public int examples() {
        return training.size();
    }

    @Override
    public Evaluated accumulate(Forward network, int[] batch, long step, NDManager scope) {
        List<Example> examples = new ArrayList<>();
        List<BackboneGraph> graphs = new ArrayList<>();
        for (int row = 0; row < batch.length; row++) {
            Backbone backbone = training.get(batch[row]);
            double t = time(row, batch.length, step);
            double[] uniforms = new double[backbone.length()];
            noise.fill(row, (int) step, Purpose.TRAINING_CORRUPTION, 0, uniforms);
            examples.add(corrupt(ProteinTokens.of(backbone), t, uniforms));
            graphs.add(noisy(backbone, row, step));
        }
        return new Evaluated(accumulate(network, examples, graphs, step, scope), Map.of());
    }

    /** Adds the gradient of the loss of masked proteins, one for each graph. */
    double accumulate(
            Forward network,
            List<Example> examples,
            List<BackboneGraph> graphs,
            long step,
            NDManager scope) {
        double total = options.normaliser() > 0 ? options.normaliser() : letters(examples);
        int[] lengths = examples.stream().mapToInt(one -> one.tokens().length).toArray();
        List<int[]> calls = TokenBudget.calls(lengths, options.batchTokens());
        double loss = 0;
        for (int call = 0; call < calls.size(); call++) {
            int[] rows = calls.get(call);
            List<Example> some = Arrays.stream(rows).mapToObj(examples::get).toList();
            List<BackboneGraph> structures = Arrays.stream(rows).mapToObj(graphs::get).toList();
            long address = TokenBudget.address(step, call);
            try (NDManager part = scope.newSubManager()) {
                loss +=
                        Gradients.backward(
                                part, () -> loss(network, some, structures, total, address, part));
            }
        }
        return loss;
    }

    private double time(int row, int rows, long step) {
        double u = (noise.uniform(row, (int) step, Purpose.TRAINING_TIME, 0) + row) / rows % 1.0;
        return SMALLEST_TIME + (1 - SMALLEST_TIME) * u;
    }

    private BackboneGraph noisy(Backbone backbone, int row, long step) {
        return options.backboneNoise() == 0
                ? BackboneGraph.of(backbone, options.neighbours())
                : BackboneGraph.of(
                        backbone,
                        options.neighbours(),
                        options.backboneNoise(),
                        noise,
                        row,
                        (int) step);
    }

    /**
     * Masks letters.
     *
     * @param clean the tokens of a protein, K - 1 where the letter is not known
     * @param t the time
     * @param uniforms one for each letter: it is masked where its uniform is below the move chance
     * @return what is shown, and what each letter counts
     */
    Example corrupt(long[] clean, double t, double[] uniforms) {
        double moveChance = options.schedule().moveChance(t);
        double bound = options.schedule().rate(t) / StrictMath.expm1(options.schedule().sigma(t));
        long[] tokens = clean.clone();
        float[] weights = new float[clean.length];
        for (int i = 0; i < clean.length; i++) {
            boolean masked = uniforms[i] < moveChance;
            tokens[i] = masked ? options.cleanTokens() : clean[i];
            boolean known = clean[i] < options.cleanTokens() - 1;
            if (known && (masked || options.loss() == Loss.ALL)) {
                weights[i] = options.loss() == Loss.NELBO ? (float) bound : 1;
            }
        }
        return new Example(clean, tokens, weights);
    }

    /** The letters that the loss is averaged over. */
    private double letters(List<Example> examples) {
        double letters = 0;
        for (Example example : examples) {
            for (int i = 0; i < example.clean().length; i++) {
                boolean known = example.clean()[i] < options.cleanTokens() - 1;
                boolean counts = options.loss() == Loss.NELBO ? known : example.weights()[i] > 0;
                letters += counts ? 1 : 0;
            }
        }
        return Math.max(1, letters);
    }

    private NDArray loss(
            Forward network,
            List<Example> examples,
            List<BackboneGraph> graphs,
            double total,
            long address,
            NDManager scope) {
        int length = examples.stream().mapToInt(one -> one.tokens().length).max().orElseThrow();
        Shape shape = new Shape(examples.size(), length);
        float[] weights = new float[examples.size() * length];
        long[] clean = new long[weights.length];
        for (int row = 0; row < examples.size(); row++) {
            Example example = examples.get(row);
            int letters = example.clean().length;
            System.arraycopy(example.weights(), 0, weights, row * length, letters);
            System.arraycopy(example.clean(), 0, clean, row * length, letters);
        }
        NDArray logits = network.run(inputs(examples, graphs, length, scope), address);
        NDArray x0 = Tensors.create(scope, clean, shape);
        NDArray losses =
                options.loss() == Loss.NELBO
                        ? Subs.logPosterior(logits, options.cleanTokens())
                                .gather(x0.expandDims(-1), 2)
                                .squeeze(-1)
                                .neg()
                        : smoothedCrossEntropy(logits, x0, options.labelSmoothing());
        NDArray counted = losses.mul(Tensors.create(scope, weights, shape));
        return Tensors.scale(counted.sum().reshape(1), 1 / total);
    }

    private NDList inputs(
            List<Example> examples, List<BackboneGraph> graphs, int length, NDManager scope) {
        long[] tokens = new long[examples.size() * length];
        Arrays.fill(tokens, options.cleanTokens());
        for (int row = 0; row < examples.size(); row++) {
            long[] shown = examples.get(row).tokens();
            System.arraycopy(shown, 0, tokens, row * length, shown.length);
        }
        NDList inputs =
                new NDList(Tensors.create(scope, tokens, new Shape(examples.size(), length)));
        inputs.addAll(BackboneGraph.batch(graphs, length, scope));
        return inputs;
    }

    /**
     * Computes cross-entropies with smoothed labels: each channel, the mask among them, has a share
     * of w / V beside the letter, and all are divided by 1 + w.
     *
     * @param logits float32 [B, L, V]
     * @param x0 the letters, int64 [B, L]
     * @param w the weight of the uniform distribution, at least 0
     * @return float32 [B, L], in nats, owned by the manager of {@code logits}
     */
    public static NDArray smoothedCrossEntropy(NDArray logits, NDArray x0, double w) {
        NDArray logProbabilities = logits.logSoftmax(-1);
        NDArray picked = logProbabilities.gather(x0.expandDims(-1), 2).squeeze(-1);
        if (w == 0) {
            return picked.neg();
        }
        NDArray uniform = logProbabilities.mean(new int[] {-1});
        NDArray smoothed = picked.add(Tensors.scale(uniform, w));
        return Tensors.scale(smoothed, -1 / (1 + w));
    }

    @Override
    public Validation validate(Forward network, NDManager scope) {
        Map<String, Double> metrics = new TreeMap<>();
        double full = evaluate(network, 1, "full", metrics, scope);
        double half = evaluate(network, HALF, "half", metrics, scope);
        return new Validation((full + half) / 2, metrics);
    }

    /** Masks a share of the letters; returns the mean cross-entropy of the masked ones. */
    private double evaluate(
            Forward network,
            double share,
            String name,
            Map<String, Double> metrics,
            NDManager scope) {
        List<Example> examples = new ArrayList<>();
        for (int row = 0; row < validation.size(); row++) {
            long[] clean = ProteinTokens.of(validation.get(row));
            double[] uniforms = new double[clean.length];
            noise.fill(VALIDATION_STREAM + row, 0, Purpose.TRAINING_CORRUPTION, 0, uniforms);
            long[] tokens = clean.clone();
            float[] weights = new float[clean.length];
            for (int i = 0; i < clean.length; i++) {
                boolean masked = uniforms[i] < share;
                tokens[i] = masked ? options.cleanTokens() : clean[i];
                weights[i] = masked && clean[i] < options.cleanTokens() - 1 ? 1 : 0;
            }
            examples.add(new Example(clean, tokens, weights));
        }
        double crossEntropy = 0;
        double recovered = 0;
        double masked = 0;
        int[] lengths = examples.stream().mapToInt(one -> one.tokens().length).toArray();
        for (int[] rows : TokenBudget.calls(lengths, options.batchTokens())) {
            List<Example> some = Arrays.stream(rows).mapToObj(examples::get).toList();
            List<BackboneGraph> graphs =
                    Arrays.stream(rows).mapToObj(validationGraphs::get).toList();
            int length = Arrays.stream(rows).map(row -> lengths[row]).max().orElseThrow();
            try (NDManager part = scope.newSubManager()) {
                NDArray logits = network.run(inputs(some, graphs, length, part), -1);
                float[] posterior = Subs.logPosterior(logits, options.cleanTokens()).toFloatArray();
                int width = posterior.length / (rows.length * length);
                for (int row = 0; row < rows.length; row++) {
                    Example example = some.get(row);
                    for (int i = 0; i < example.clean().length; i++) {
                        if (example.weights()[i] == 0) {
                            continue;
                        }
                        int at = (row * length + i) * width;
                        int truth = (int) example.clean()[i];
                        masked++;
                        crossEntropy -= posterior[at + truth];
                        recovered += likeliest(posterior, at) == truth ? 1 : 0;
                    }
                }
            }
        }
        metrics.put("perplexity_" + name, Math.exp(crossEntropy / masked));
        metrics.put("recovery_" + name, recovered / masked);
        return crossEntropy / masked;
    }

    private static int likeliest(float[] posterior, int at) {
        return IntStream.range(0, Backbone.AMINO_ACIDS.length())
                .reduce(0, (best, i) -> posterior[at + i] > posterior[at + best] ? i : best);
    }
}
