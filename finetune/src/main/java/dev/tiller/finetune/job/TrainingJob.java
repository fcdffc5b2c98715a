package dev.tiller.finetune.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiller.zoo.ModelConfig;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A training job as its YAML file describes it. Keys that are not given are null or have the
 * defaults stated below.
 *
 * @param name name of the model that is made
 * @param objective what is minimised
 * @param out folder of the run: checkpoints, metrics.csv and, at the end, the model
 * @param seed addresses all randomness of the job; default 0
 * @param model the network
 * @param data the examples
 * @param training the hyper-parameters
 * @param card what the model card says beside the numbers
 */
public record TrainingJob(
        String name,
        Kind objective,
        String out,
        long seed,
        Model model,
        Data data,
        Training training,
        Card card) {
    /** What is minimised. */
    public enum Kind {
        /** Masked NELBO of clean sequences: a denoiser. */
        MASKED_NELBO,
        /** Least squares on measured labels: a reward. */
        REGRESSION,
        /** Least squares on another network's labels: a referee. */
        DISTILLATION,
        /** Regression on the rewards of roll-outs: the value network of SVDD-MC. */
        SOFT_VALUE;

        /** Returns the name used in job files. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The network.
     *
     * @param architecture a name that {@code dev.tiller.zoo.architecture.Architectures} knows
     * @param config the architecture's configuration
     * @param alphabet the letters, token 0 first
     * @param schedule noise schedule: {@code name} and its parameters (denoisers)
     * @param referee model that guards this reward (rewards)
     * @param valueNetworks value network for each reward (denoisers)
     */
    public record Model(
            String architecture,
            JsonNode config,
            String alphabet,
            ModelConfig.Schedule schedule,
            String referee,
            Map<String, String> valueNetworks) {}

    /**
     * The examples.
     *
     * @param table TSV file of sequences, gzipped or not
     * @param sequenceColumn column of the sequences; default {@code sequence}
     * @param labelColumn column of the labels
     * @param validation share of rows for early stopping; default 0.1
     * @param test share of rows for the model card; default 0.1
     * @param teacher weights of the teacher: safetensors, with its Keras configuration
     *     (distillation)
     * @param teacherOutput which output of the teacher is the label; default 0
     * @param randomSequences how many random sequences the teacher labels
     * @param generator denoiser that makes sequences for the teacher, or the roll-outs
     * @param generatedSequences how many unguided designs the teacher labels
     * @param guidedSequences how many designs of SVDD-PM the teacher labels
     * @param candidates M of those designs; default 10
     * @param reward reward of guided designs and of roll-outs
     * @param steps reverse steps of generated sequences; default 128
     * @param rollOuts how many trajectories, all made before training (soft-value)
     * @param statesPerRollOut states kept of each; default 8
     * @param buffer trajectories that are replaced in the course of training, instead of {@code
     *     roll_outs} (soft-value)
     */
    public record Data(
            String table,
            String sequenceColumn,
            String labelColumn,
            Double validation,
            Double test,
            String teacher,
            Integer teacherOutput,
            Integer randomSequences,
            String generator,
            Integer generatedSequences,
            Integer guidedSequences,
            Integer candidates,
            String reward,
            Integer steps,
            Integer rollOuts,
            Integer statesPerRollOut,
            Buffer buffer) {}

    /**
     * A replay buffer of roll-outs.
     *
     * @param trajectories how many it holds
     * @param refresh how many new ones take the place of the oldest at a time
     * @param every after how many training steps they do
     */
    public record Buffer(Integer trajectories, Integer refresh, Integer every) {}

    /**
     * The hyper-parameters; defaults are the published ones of MDLM where it has them.
     *
     * @param maxSteps largest number of steps
     * @param batchSize default 128
     * @param learningRate default 3e-4
     * @param warmupSteps default 0
     * @param decay {@code constant} (default) or {@code cosine}
     * @param beta1 default 0.9
     * @param beta2 default 0.999
     * @param epsilon default 1e-8
     * @param weightDecay default 0
     * @param clipNorm default 1
     * @param emaDecay default 0.9999
     * @param validateEvery default 500
     * @param patience default 5
     * @param keepCheckpoints default 2
     * @param timeSampling {@code antithetic} (default), {@code importance} or {@code
     *     change_of_variables}
     * @param loss what soft_value minimises: {@code least_squares} (default; the mean reward) or
     *     {@code linex} (the soft value)
     * @param temperature tau of linex, in the unit of the reward; that of the decoder to be
     */
    public record Training(
            Integer maxSteps,
            Integer batchSize,
            Double learningRate,
            Integer warmupSteps,
            String decay,
            Double beta1,
            Double beta2,
            Double epsilon,
            Double weightDecay,
            Double clipNorm,
            Double emaDecay,
            Integer validateEvery,
            Integer patience,
            Integer keepCheckpoints,
            String timeSampling,
            String loss,
            Double temperature) {}

    /**
     * What the card says.
     *
     * @param summary one sentence
     * @param licence licence of the weights
     * @param sources where the data come from
     */
    public record Card(String summary, String licence, List<String> sources) {}
}
