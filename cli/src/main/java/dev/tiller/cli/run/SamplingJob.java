package dev.tiller.cli.run;

import dev.tiller.rewards.Notation;
import dev.tiller.zoo.Backend;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A sampling run, resolved: what {@code job.yaml} holds and {@code --job} reads. Null is: not used.
 *
 * @param model built-in name or folder of the denoiser, or {@link #UNIFORM}
 * @param alphabet letters of the uniform model
 * @param length letters per design of the uniform model
 * @param classLabel class of a class-conditional model, by name or number
 * @param classWeight w of classifier-free guidance
 * @param classForm its form
 * @param reward a name, or a map that composes a reward
 * @param plugins jars with rewards
 * @param maxRewardCalls designs that the reward may score
 * @param rewardCache folder that keeps scores between runs
 * @param constraints rules that every design keeps
 * @param valueNetwork built-in name or folder of the value network, where it is not the model's own
 * @param seedSequences FASTA file of the designs that refinement starts from
 * @param method how the trajectory is steered
 * @param steering its settings
 * @param num designs to make
 * @param sampler reverse process of sequences
 * @param gaussian how molecules are sampled
 * @param backbone what proteins are designed for
 * @param steps reverse steps; null for first-hitting, which has one per token
 * @param seed the seed of all randomness
 * @param batchSize designs decoded together; does not change them
 * @param threads worker threads; do not change the designs
 * @param device cpu, gpu:0, ...
 * @param backend engine of inference; once networks are loaded the one that the denoiser runs on
 */
public record SamplingJob(
        String model,
        String alphabet,
        Integer length,
        String classLabel,
        Double classWeight,
        ClassForm classForm,
        Object reward,
        List<String> plugins,
        Long maxRewardCalls,
        String rewardCache,
        Map<String, Object> constraints,
        String valueNetwork,
        String seedSequences,
        Method method,
        Steering steering,
        int num,
        Sampler sampler,
        GaussianSampling gaussian,
        BackboneSampling backbone,
        Integer steps,
        long seed,
        int batchSize,
        int threads,
        String device,
        Backend backend) {
    /** The model that gives every letter the same probability. */
    public static final String UNIFORM = "uniform";

    /** What two jobs that make the same designs may differ in. */
    private static final Set<String> WITHOUT_EFFECT =
            Set.of("batchSize", "threads", "device", "rewardCache", "maxRewardCalls");

    /** The form of classifier-free guidance. */
    public enum ClassForm {
        /** A normalised distribution. */
        NORMALISED,
        /** Left unnormalised, as in the published code. */
        REFERENCE
    }

    /** The reverse process. */
    public enum Sampler {
        /** T equal steps. */
        ANCESTRAL,
        /** One token per step, without discretisation error. */
        FIRST_HITTING
    }

    public SamplingJob {
        backend = backend == null ? Backend.AUTO : backend;
        steering = steering == null ? Steering.NONE : steering;
        require("num", num >= 1, "at least 1", num);
        require("steps", steps == null || steps >= 1, "at least 1", steps);
        require("length", length == null || length >= 1, "at least 1", length);
        require(
                "alphabet",
                alphabet == null
                        || (!alphabet.isEmpty()
                                && alphabet.chars().distinct().count() == alphabet.length()),
                "one or more different letters",
                "'" + alphabet + "'");
        require("batch-size", batchSize >= 1, "at least 1", batchSize);
        require("threads", threads >= 1, "at least 1", threads);
        require(
                "max-reward-calls",
                maxRewardCalls == null || maxRewardCalls >= 1,
                "at least 1",
                maxRewardCalls);
        require(
                "class-weight",
                classWeight == null || Double.isFinite(classWeight),
                "finite",
                classWeight);
    }

    private static void require(String name, boolean holds, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException("--" + name + " must be " + rule + ", got " + value);
        }
    }

    /**
     * Tells whether a method asks a value network.
     *
     * @param method the method
     * @param steering its settings
     * @return true if one is needed
     */
    public static boolean usesValueNetwork(Method method, Steering steering) {
        return method == Method.SVDD_MC
                || steering.value() == Steering.ValueKind.LEARNED
                || steering.screen() == Steering.Screen.LEARNED;
    }

    /**
     * Returns the reward's name.
     *
     * @return its registered name, or {@code composite}
     */
    public String rewardName() {
        if (reward instanceof Map<?, ?> map) {
            return map.get("reward") instanceof String name ? name : "composite";
        }
        return String.valueOf(reward);
    }

    /**
     * Returns what the model makes.
     *
     * @return how its designs are written
     */
    public Notation notation() {
        return gaussian == null ? Notation.SEQUENCE : Notation.SMILES;
    }

    /**
     * Tells whether two jobs make the same designs: they may differ in batch size, threads, device,
     * and what the reward may cost.
     *
     * @param other another job
     * @return true if all else is equal
     */
    boolean sameDesigns(SamplingJob other) {
        Map<String, Object> mine = Settings.of(this);
        Map<String, Object> others = Settings.of(other);
        mine.keySet().removeAll(WITHOUT_EFFECT);
        others.keySet().removeAll(WITHOUT_EFFECT);
        return mine.equals(others);
    }

    /**
     * Returns the same job with another seed.
     *
     * @param other the seed
     * @return another job
     */
    public SamplingJob withSeed(long other) {
        return with("seed", other);
    }

    /** The same job with the engine that it runs on. */
    SamplingJob withBackend(Backend engine) {
        return with("backend", engine);
    }

    /**
     * Returns the same job with other settings of its method.
     *
     * @param other the settings
     * @return another job
     */
    public SamplingJob withSteering(Steering other) {
        return with("steering", other);
    }

    private SamplingJob with(String component, Object value) {
        Map<String, Object> settings = new LinkedHashMap<>(Settings.of(this));
        settings.put(component, value);
        return Settings.create(SamplingJob.class, settings);
    }
}
