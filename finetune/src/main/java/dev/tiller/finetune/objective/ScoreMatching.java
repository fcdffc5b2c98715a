package dev.tiller.finetune.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.finetune.data.CleanArrays;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.gaussian.Component;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.sampler.numerics.Normals;
import dev.tiller.sampler.numerics.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Denoising score matching (Vincent 2011; Song et al. 2021, arXiv 2011.13456, equation 7) of arrays
 * and graphs, as GDSS trains them (Jo et al. 2022, arXiv 2202.02514, equation 5): the components of
 * an example are noised at one time, and the squared errors of all outputs are summed,
 *
 * <pre>
 * loss = sum over components of mean over rows of 1/2 sum over entries of w(t) (s(t) score + z)^2
 * </pre>
 *
 * with w as {@link Weighting} says. At its minimum the network is the score of the noisy data.
 *
 * <p>The validation has noise and times of its own that do not change, so its error falls only as
 * the score gets better. Training stops where that error has stopped falling, which is the rule
 * that makes gradient descent on this loss learn the score in spite of noisy targets (Han,
 * Razaviyayn and Xu, ICLR 2024).
 */
public final class ScoreMatching implements Objective {
    private static final int VALIDATION_ROWS = 512;

    /** Sample ids of validation rows lie far above those of training rows. */
    private static final long VALIDATION_STREAM = 1L << 40;

    /** What an error counts. */
    public enum Weighting {
        /** Errors of the noise z count the same at all times: w = 1, as published for GDSS. */
        NOISE,
        /** w = g(t)^2 / s(t)^2, with which the loss bounds the likelihood. */
        LIKELIHOOD,
        /** Errors of the output count the same at all times, in its own parameterisation. */
        OUTPUT
    }

    /**
     * How the loss is formed.
     *
     * @param weighting what an error counts
     * @param times how times are drawn
     * @param reduceMean whether the mean over the entries of an array is taken instead of half of
     *     their sum
     * @param timeConditioning whether the network is told the time, float32 [B], as its last input
     */
    public record Options(
            Weighting weighting,
            DiffusionTimes.Sampling times,
            boolean reduceMean,
            boolean timeConditioning) {
        public Options {
            if (times == DiffusionTimes.Sampling.IMPORTANCE && weighting != Weighting.LIKELIHOOD) {
                throw new IllegalArgumentException(
                        "score_matching.times must be uniform or antithetic unless the weighting"
                                + " is likelihood, got importance");
            }
        }

        /**
         * Returns the published options of GDSS.
         *
         * @return noise weighting, uniform times, half sums, no time input
         */
        public static Options published() {
            return new Options(Weighting.NOISE, DiffusionTimes.Sampling.UNIFORM, false, false);
        }
    }

    /**
     * What is drawn for a batch.
     *
     * @param times the time of each row
     * @param normals for each component and row the noise z of its entries, in row-major order
     */
    record Draw(double[] times, List<double[][]> normals) {}

    private final CleanArrays training;
    private final CleanArrays validation;
    private final List<Component> components;
    private final List<Perturbation> perturbations;
    private final DiffusionTimes times;
    private final Options options;
    private final Randomness noise;

    /**
     * Creates the objective.
     *
     * @param training clean examples
     * @param validation clean examples that are not learned from
     * @param components what the examples are made of, in the order of the network's inputs and
     *     outputs; for graphs the node mask, float32 [B, N], follows them among the inputs
     * @param options how the loss is formed
     * @param noise the only source of randomness
     */
    public ScoreMatching(
            CleanArrays training,
            CleanArrays validation,
            List<Component> components,
            Options options,
            Randomness noise) {
        this.training = training;
        this.validation = validation;
        this.components = List.copyOf(components);
        this.times =
                new DiffusionTimes(
                        options.times(), components.stream().map(Component::sde).toList());
        this.perturbations =
                components.stream()
                        .map(c -> new Perturbation(c, options.weighting(), times))
                        .toList();
        this.options = options;
        this.noise = noise;
    }

    @Override
    public int examples() {
        return training.size();
    }

    @Override
    public Evaluated accumulate(Forward network, int[] batch, long step, NDManager scope) {
        List<NDArray> parts = new ArrayList<>();
        double loss =
                Gradients.backward(
                        scope,
                        () -> {
                            Draw draw = draw(batch.length, 0, (int) step);
                            parts.addAll(losses(network, training, batch, draw, step, scope));
                            return parts.stream().reduce(NDArray::add).orElseThrow();
                        });
        return new Evaluated(loss, named("loss_", parts));
    }

    /** Returns the loss of training examples without a gradient. */
    double evaluate(Forward network, int[] batch, int step, NDManager scope) {
        try (NDManager part = scope.newSubManager()) {
            Draw draw = draw(batch.length, 0, step);
            return losses(network, training, batch, draw, -1, part).stream()
                    .mapToDouble(loss -> loss.toFloatArray()[0])
                    .sum();
        }
    }

    private Map<String, Double> named(String prefix, List<NDArray> parts) {
        Map<String, Double> named = new TreeMap<>();
        for (int i = 0; i < components.size() && components.size() > 1; i++) {
            named.put(prefix + components.get(i).name(), (double) parts.get(i).toFloatArray()[0]);
        }
        return named;
    }

    /** Draws times and noise; a row's numbers depend on its place in the batch and the step. */
    private Draw draw(int rows, long stream, int step) {
        double[] uniforms = new double[rows];
        for (int row = 0; row < rows; row++) {
            uniforms[row] = noise.uniform(stream + row, step, Purpose.TRAINING_TIME, 0);
        }
        List<double[][]> normals = new ArrayList<>();
        for (int c = 0; c < components.size(); c++) {
            double[][] rowsOf = new double[rows][];
            for (int row = 0; row < rows; row++) {
                double[] drawn = new double[Normals.uniforms(perturbations.get(c).draws())];
                noise.fill(stream + row, step, Purpose.TRAINING_CORRUPTION, c, drawn);
                Normals.toNormals(drawn);
                rowsOf[row] = perturbations.get(c).place(drawn);
            }
            normals.add(rowsOf);
        }
        return new Draw(times.times(uniforms), normals);
    }

    /** Returns the loss of each component, float32 scalars. */
    List<NDArray> losses(
            Forward network, CleanArrays clean, int[] rows, Draw draw, long step, NDManager scope) {
        List<Perturbation.Noisy> noisy = new ArrayList<>();
        NDList inputs = new NDList();
        for (int c = 0; c < components.size(); c++) {
            Perturbation.Noisy part =
                    perturbations.get(c).of(clean, c, rows, draw.times(), draw.normals().get(c));
            noisy.add(part);
            inputs.add(Tensors.create(scope, part.noisy(), shape(c, rows.length)));
        }
        if (clean.nodes() != null) {
            inputs.add(mask(clean, rows, scope));
        }
        if (options.timeConditioning()) {
            float[] t = new float[rows.length];
            for (int row = 0; row < t.length; row++) {
                t[row] = (float) draw.times()[row];
            }
            inputs.add(Tensors.create(scope, t, new Shape(t.length)));
        }
        NDList outputs = network.outputs(inputs, step);
        List<NDArray> losses = new ArrayList<>();
        for (int c = 0; c < components.size(); c++) {
            losses.add(loss(outputs.get(c), noisy.get(c), c, rows.length));
        }
        return losses;
    }

    private NDArray loss(NDArray output, Perturbation.Noisy noisy, int component, int rows) {
        NDManager manager = output.getManager();
        Shape shape = shape(component, rows);
        if (!output.getShape().equals(shape)) {
            throw new IllegalArgumentException(
                    "the output for "
                            + components.get(component).name()
                            + " must have the shape "
                            + shape
                            + ", got "
                            + output.getShape());
        }
        long[] perRow = new long[shape.dimension()];
        Arrays.fill(perRow, 1);
        perRow[0] = rows;
        NDArray weights = Tensors.create(manager, noisy.weights(), new Shape(perRow));
        NDArray target = Tensors.create(manager, noisy.target(), shape);
        NDArray error = output.sub(target).mul(weights);
        double entries = options.reduceMean() ? shape.size() : 2.0 * rows;
        return Tensors.scale(error.square().sum().reshape(1), 1 / entries);
    }

    private Shape shape(int component, int rows) {
        return new Shape(rows).addAll(components.get(component).shape());
    }

    private NDArray mask(CleanArrays clean, int[] rows, NDManager scope) {
        int most = (int) components.get(0).shape().get(0);
        float[] mask = new float[rows.length * most];
        for (int row = 0; row < rows.length; row++) {
            Arrays.fill(mask, row * most, row * most + clean.nodes()[rows[row]], 1);
        }
        return Tensors.create(scope, mask, new Shape(rows.length, most));
    }

    @Override
    public Validation validate(Forward network, NDManager scope) {
        double[] sums = new double[components.size()];
        for (int start = 0; start < validation.size(); start += VALIDATION_ROWS) {
            int end = Math.min(validation.size(), start + VALIDATION_ROWS);
            int[] rows = IntStream.range(start, end).toArray();
            try (NDManager part = scope.newSubManager()) {
                Draw draw = draw(rows.length, VALIDATION_STREAM + start, 0);
                List<NDArray> losses = losses(network, validation, rows, draw, -1, part);
                for (int c = 0; c < sums.length; c++) {
                    sums[c] += losses.get(c).toFloatArray()[0] * rows.length;
                }
            }
        }
        Map<String, Double> metrics = new TreeMap<>();
        double total = 0;
        for (int c = 0; c < sums.length; c++) {
            double mean = sums[c] / validation.size();
            total += mean;
            if (sums.length > 1) {
                metrics.put("score_matching_" + components.get(c).name(), mean);
            }
        }
        metrics.put("score_matching", total);
        return new Validation(total, metrics);
    }
}
