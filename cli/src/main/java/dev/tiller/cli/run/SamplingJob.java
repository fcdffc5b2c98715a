package dev.tiller.cli.run;

import dev.tiller.zoo.Backend;
import java.util.Map;

/**
 * A sampling run, resolved: what {@code job.yaml} holds and {@code --job} reads.
 *
 * @param model built-in name or folder of the denoiser
 * @param reward name of the reward
 * @param rewardOptions options of the reward that differ from its defaults
 * @param method how the trajectory is steered
 * @param num designs to make
 * @param candidates M (svdd-pm, svdd-mc) or N (best-of-n); null where the method has none
 * @param temperature tau of svdd-pm and svdd-mc; null where the method has none
 * @param posteriorDraws K of svdd-pm, 0 for the mode; null where the method has none
 * @param sampler reverse process
 * @param steps reverse steps; null for first-hitting, which has one per token
 * @param seed the seed of all randomness
 * @param batchSize designs decoded together; does not change them
 * @param threads worker threads; do not change the designs
 * @param device cpu, gpu:0, ...
 * @param backend engine of inference; once networks are loaded the one that the denoiser runs on
 */
public record SamplingJob(
        String model,
        String reward,
        Map<String, String> rewardOptions,
        Method method,
        int num,
        Integer candidates,
        Double temperature,
        Integer posteriorDraws,
        Sampler sampler,
        Integer steps,
        long seed,
        int batchSize,
        int threads,
        String device,
        Backend backend) {
    /** How the trajectory is steered. */
    public enum Method {
        /** Not at all. */
        UNGUIDED("unguided"),
        /** N chains, the best one kept. */
        BEST_OF_N("best-of-n"),
        /** SVDD with the posterior-mean value. */
        SVDD_PM("svdd-pm"),
        /** SVDD with a learned value network. */
        SVDD_MC("svdd-mc");

        private final String label;

        Method(String label) {
            this.label = label;
        }

        /** Returns the name used on the command line. */
        @Override
        public String toString() {
            return label;
        }
    }

    /** The reverse process. */
    public enum Sampler {
        /** T equal steps. */
        ANCESTRAL("ancestral"),
        /** One token per step, without discretisation error. */
        FIRST_HITTING("first-hitting");

        private final String label;

        Sampler(String label) {
            this.label = label;
        }

        /** Returns the name used on the command line. */
        @Override
        public String toString() {
            return label;
        }
    }

    public SamplingJob {
        backend = backend == null ? Backend.AUTO : backend;
        require("num", num >= 1, "at least 1", num);
        require("candidates", candidates == null || candidates >= 1, "at least 1", candidates);
        require("steps", steps == null || steps >= 1, "at least 1", steps);
        require("batch-size", batchSize >= 1, "at least 1", batchSize);
        require("threads", threads >= 1, "at least 1", threads);
        require(
                "temperature",
                temperature == null || (temperature >= 0 && Double.isFinite(temperature)),
                "at least 0 and finite",
                temperature);
        require(
                "posterior-draws",
                posteriorDraws == null || (posteriorDraws >= 0 && posteriorDraws <= 1024),
                "in [0, 1024]",
                posteriorDraws);
    }

    private static void require(String name, boolean holds, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException("--" + name + " must be " + rule + ", got " + value);
        }
    }

    /**
     * Tells whether two jobs make the same designs: they may differ in batch size, threads and
     * device.
     *
     * @param other another job
     * @return true if all else is equal
     */
    boolean sameDesigns(SamplingJob other) {
        return equals(other.with(batchSize, threads, device, other.backend()));
    }

    /** The same job with the engine that it runs on. */
    SamplingJob withBackend(Backend engine) {
        return with(batchSize, threads, device, engine);
    }

    private SamplingJob with(
            int otherBatchSize, int otherThreads, String otherDevice, Backend otherBackend) {
        return new SamplingJob(
                model,
                reward,
                rewardOptions,
                method,
                num,
                candidates,
                temperature,
                posteriorDraws,
                sampler,
                steps,
                seed,
                otherBatchSize,
                otherThreads,
                otherDevice,
                otherBackend);
    }
}
