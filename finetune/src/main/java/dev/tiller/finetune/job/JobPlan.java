package dev.tiller.finetune.job;

import ai.djl.ndarray.types.Shape;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.architecture.ProteinMpnn;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What a job will take, told beforehand: nothing is trained and no example is made.
 *
 * @param parameters numbers in the network
 * @param trained those that are trained; with low-rank adapters their numbers alone
 * @param steps the largest number of optimiser steps
 * @param validations the largest number of validations
 * @param evaluations rows through a denoiser, at most
 * @param mebibytes resident memory, roughly: the weights and their copies, and what the layers keep
 *     of a batch for the backward pass, where the length is known
 * @param length letters of an example, where the job, its models or the first row of its table tell
 */
public record JobPlan(
        long parameters,
        long trained,
        long steps,
        long validations,
        DenoiserRows evaluations,
        long mebibytes,
        OptionalInt length) {
    /** What the JVM and the engine take before any array is made, as measured on Linux. */
    private static final long BASE_BYTES = 400L << 20;

    /** Kept for the backward pass of a layer: its output, the normalised and the activated one. */
    private static final int ARRAYS_PER_LAYER = 3;

    private static final int DEFAULT_NEIGHBOURS = ProteinMpnn.Config.defaults().neighbours();

    /**
     * Plans a job.
     *
     * @param job a checked job
     * @return the plan
     * @throws IllegalArgumentException if a model that it names is not there
     */
    public static JobPlan of(TrainingJob job) {
        TrainingJob filled = JobDefaults.fill(job);
        TrainingJob.Training training = filled.training();
        NamedBlock network = network(filled);
        Map<String, Shape> shapes = network.shapes();
        long parameters = shapes.values().stream().mapToLong(Shape::size).sum();
        long trained = network.trainable().stream().mapToLong(n -> shapes.get(n).size()).sum();
        long steps = training.maxSteps();
        long every = training.validateEvery();
        long validations = 1 + (steps + every - 1) / every;
        OptionalInt length = ExampleLength.of(filled);
        return new JobPlan(
                parameters,
                trained,
                steps,
                validations,
                DenoiserRows.of(filled, validations),
                memory(filled, shapes, trained, length) >> 20,
                length);
    }

    private static NamedBlock network(TrainingJob job) {
        TrainingJob.Model model = job.model();
        if (model.pretrained() == null) {
            return Architectures.create(model.architecture(), model.config());
        }
        return Pretrained.of(job).network();
    }

    /**
     * Estimates memory: the weights and the copies of them that training keeps, the gradients and
     * moments of what is trained, and what the layers keep of a batch for the backward pass (for
     * each row and position three numbers for each channel; the positions of a graph are its pairs
     * of nodes, those of a protein its pairs of neighbours; not counted where the length is not
     * known).
     */
    private static long memory(
            TrainingJob job, Map<String, Shape> shapes, long trained, OptionalInt length) {
        long all = shapes.values().stream().mapToLong(Shape::size).sum();
        // the network, the one that is validated, the best average, the best weights
        long copies = 4L + (job.model().pretrained() == null ? 0 : 1);
        // the average, the gradient and two moments
        long numbers = copies * all + 4 * trained;
        long channels =
                shapes.entrySet().stream()
                        .filter(entry -> !entry.getKey().contains(".lora_"))
                        .map(Map.Entry::getValue)
                        .filter(shape -> shape.dimension() >= 2)
                        .mapToLong(shape -> shape.get(0))
                        .sum();
        long rows = job.training().batchSize();
        TrainingJob.Graph graph = job.model().graph();
        long positions = graph == null ? length.orElse(0) : (long) graph.nodes() * graph.nodes();
        if (job.objective() == TrainingJob.Kind.INVERSE_FOLDING) {
            // a call's residues, each with its neighbours
            rows = job.training().batchTokens();
            positions = job.model().config().path("neighbours").asInt(DEFAULT_NEIGHBOURS);
        }
        numbers += rows * positions * channels * ARRAYS_PER_LAYER;
        if (job.objective() == TrainingJob.Kind.REWARD_BACKPROPAGATION) {
            // the states of the walk, of which the steps that carry the gradient are kept
            long letters = job.model().alphabet() == null ? 4 : job.model().alphabet().length();
            numbers += rows * length.orElse(0) * (letters + 1) * job.backpropagation().truncation();
        }
        return BASE_BYTES + numbers * Float.BYTES;
    }
}
