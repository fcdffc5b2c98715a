package dev.tiller.finetune.backpropagation;

import ai.djl.ndarray.NDManager;
import dev.tiller.finetune.objective.Objective;
import dev.tiller.rewards.Reward;
import dev.tiller.sampler.Randomness;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * DRAKES (Wang et al. 2024, "Fine-tuning discrete diffusion models via reward optimization with
 * applications to DNA and protein design", arXiv 2410.13643, algorithm 1): maximises E[r(x0)] -
 * weight * divergence(fine-tuned || pretrained) of a masked diffusion model by the gradient of a
 * differentiable reward through its own trajectories.
 *
 * <p>There are no examples: a batch is B trajectories from masks to designs. The first T - K steps
 * are drawn; the last K are relaxed by the Gumbel-softmax, with a soft copy flag, and carry the
 * gradient; the reward reads the nearest designs by the straight-through estimator. Row i of batch
 * n has sample id n B + i, which addresses its noise, so a step is a function of the weights and
 * its number alone.
 *
 * <p>The straight-through gradient is biased, and so is that of the divergence, for the law of the
 * hard steps is not differentiated; both as published. Dropout masks are those of the batch, the
 * same in all its reverse steps.
 *
 * <p>A batch costs T evaluations of the network and, for each relaxed step, one more and its
 * gradient; a divergence adds one evaluation of the pretrained model for each step that pays, its
 * gradient by the state where that is soft, and for hard steps an evaluation and a gradient of the
 * network.
 */
public final class RewardBackpropagation implements Objective {
    private final SequenceModel model;
    private final FrozenModel pretrained;
    private final BackpropagationOptions options;
    private final int batchSize;
    private final RelaxationNoise noise;
    private final StraightThrough reward;
    private final DesignValidation validation;

    /**
     * Creates the objective.
     *
     * @param model what the network is a model of
     * @param pretrained what the divergence is measured from
     * @param reward what is maximised; it must have a gradient and read the model's alphabet
     * @param options how
     * @param validationOptions what validations look at
     * @param batchSize B, trajectories of a batch
     * @param noise the only source of randomness; branch 1 is that of validations
     * @throws IllegalArgumentException if the reward has no gradient, or a reward cannot read the
     *     alphabet
     */
    public RewardBackpropagation(
            SequenceModel model,
            FrozenModel pretrained,
            Reward reward,
            BackpropagationOptions options,
            ValidationOptions validationOptions,
            int batchSize,
            Randomness noise) {
        this(
                model,
                pretrained,
                options,
                batchSize,
                RelaxationNoise.of(noise),
                new StraightThrough(reward, model),
                new DesignValidation(
                        model, pretrained, reward, options, validationOptions, noise.branch(1)));
        if (batchSize < 1) {
            throw new IllegalArgumentException("batch size must be at least 1, got " + batchSize);
        }
    }

    private RewardBackpropagation(
            SequenceModel model,
            FrozenModel pretrained,
            BackpropagationOptions options,
            int batchSize,
            RelaxationNoise noise,
            StraightThrough reward,
            DesignValidation validation) {
        this.model = Objects.requireNonNull(model);
        this.pretrained = Objects.requireNonNull(pretrained);
        this.options = Objects.requireNonNull(options);
        this.batchSize = batchSize;
        this.noise = Objects.requireNonNull(noise);
        this.reward = reward;
        this.validation = validation;
    }

    /**
     * Returns the same objective with other noise in training, such as recorded draws.
     *
     * @param other the noise of relaxed trajectories
     * @return a new objective
     */
    public RewardBackpropagation with(RelaxationNoise other) {
        return new RewardBackpropagation(
                model, pretrained, options, batchSize, other, reward, validation);
    }

    /**
     * Returns the batch size: there are no examples, each batch is made anew.
     *
     * @return B
     */
    @Override
    public int examples() {
        return batchSize;
    }

    /**
     * Adds the gradient of a batch.
     *
     * @param network takes tokens, int64 [B, L], or soft states, float32 [B, L, K + 1], then sigma
     *     if the model is told the time, then the class if there is one; gives logits [B, L, V]
     * @param batch tells B by its length
     * @param step the number of the batch
     * @param scope parent of the managers of all arrays made
     * @return the loss, -mean(reward) + weight * kl, and the metrics {@code reward} (mean), {@code
     *     kl} (mean, as the loss counts it), {@code kl_weight} and {@code temperature}
     * @throws IllegalStateException if a reward, a probability or a gradient is not finite; the
     *     text names the training step, the batch and the row
     */
    @Override
    public Evaluated accumulate(Forward network, int[] batch, long step, NDManager scope) {
        Pass pass = pass(network, batch.length, step);
        Batch done = run(pass, scope);
        double mean = Arrays.stream(done.scored().rewards()).average().orElseThrow();
        double kl =
                Arrays.stream(done.divergences()).flatMapToDouble(Arrays::stream).sum()
                        / batch.length;
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("reward", mean);
        metrics.put("kl", kl);
        metrics.put("kl_weight", done.klWeight());
        metrics.put("temperature", pass.tau());
        return new Evaluated(done.klWeight() * kl - mean, metrics);
    }

    /**
     * What a batch gave.
     *
     * @param trajectory its states
     * @param scored its rewards and their gradient
     * @param divergences of each step and row, scaled but without the weight
     * @param klWeight the weight
     */
    record Batch(
            Trajectory trajectory,
            StraightThrough.Scored scored,
            double[][] divergences,
            double klWeight) {}

    /** Adds the gradient of a batch. */
    Batch run(Pass pass, NDManager scope) {
        double weight = options.klWeight().at(pass.trainingStep());
        Trajectory trajectory = new ForwardWalk(options, pass).run(scope);
        StraightThrough.Scored scored = reward.score(trajectory.last(), pass);
        int last = options.kl().countsLastState() ? 1 : 0;
        double[][] divergences = new double[options.steps() + last][pass.rows()];
        new BackwardWalk(options, pass, pretrained, weight)
                .run(trajectory, scored.cotangent(), divergences, scope);
        return new Batch(trajectory, scored, divergences, weight);
    }

    Pass pass(Forward network, int rows, long step) {
        long[] ids = new long[rows];
        Arrays.setAll(ids, row -> step * rows + row);
        long trainingStep = options.trainingStep(step);
        double tau = options.temperature().at(trainingStep);
        TrainedDenoiser trained = new TrainedDenoiser(model, network, step);
        return new Pass(model, trained, trainingStep, step, ids, tau, noise);
    }

    /**
     * Samples designs with the network, always with the same noise.
     *
     * @return the loss, minus the median of the referee's scores, or of the rewards if there is no
     *     referee; and the metrics {@code reward_median}, {@code referee_median} if there is one,
     *     {@code kl_step} and {@code kl_path} (nats per design), {@code kl_reference} (of a few
     *     relaxed trajectories), {@code diversity} (mean share of positions in which two designs
     *     differ) and {@code unique} (share of different designs)
     */
    @Override
    public Validation validate(Forward network, NDManager scope) {
        return validation.run(network, scope);
    }
}
