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
 * @param reward what is backpropagated: the name of a reward, a map of {@code reward} and {@code
 *     options}, or a composition
 * @param backpropagation how (reward backpropagation)
 * @param scoreMatching how noise and errors are weighed (score matching)
 * @param protein how proteins are noised and what counts (inverse folding and stability)
 * @param training the hyper-parameters
 * @param stop when to stop before the last step, beside {@code training.patience}
 * @param card what the model card says beside the numbers
 */
public record TrainingJob(
        String name,
        Kind objective,
        String out,
        long seed,
        Model model,
        Data data,
        JsonNode reward,
        Backpropagation backpropagation,
        ScoreMatching scoreMatching,
        Protein protein,
        Training training,
        Stop stop,
        Card card) {
    /** What is minimised. */
    public enum Kind {
        /** Masked NELBO of clean sequences: a denoiser. */
        MASKED_NELBO,
        /** Score entropy (SEDD) of clean sequences: a denoiser. */
        SCORE_ENTROPY,
        /** Denoising score matching of molecules as graphs (GDSS): a model of graphs. */
        SCORE_MATCHING,
        /** The masked letters of proteins, given their backbones: a denoiser. */
        INVERSE_FOLDING,
        /** Least squares on measured labels: a reward. */
        REGRESSION,
        /** Logistic regression on the class of each sequence: a reward, in log-odds. */
        CLASSIFICATION,
        /** Least squares on measured changes of the stability of mutants: a reward of proteins. */
        STABILITY,
        /** Least squares on another network's labels: a referee. */
        DISTILLATION,
        /** Regression on the rewards of roll-outs: the value network of SVDD-MC. */
        SOFT_VALUE,
        /** The reward of designs, through the whole trajectory (DRAKES): a fine-tuned denoiser. */
        REWARD_BACKPROPAGATION;

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
     * @param timeConditioning whether the network is told the noise (denoisers); default false
     * @param pretrained the model that is fine-tuned, by name or folder, instead of architecture,
     *     config, alphabet and schedule (reward backpropagation)
     * @param label the class that is asked of a pretrained model with classes
     * @param lora trains adapters instead of the weights (reward backpropagation)
     * @param graph what the graphs are, how they are noised and sampled (score matching)
     * @param init the model, by name or folder, whose weights training starts from where it has
     *     those of the same names (inverse folding and stability)
     */
    public record Model(
            String architecture,
            JsonNode config,
            String alphabet,
            ModelConfig.Schedule schedule,
            String referee,
            Map<String, String> valueNetworks,
            Boolean timeConditioning,
            String pretrained,
            Integer label,
            LowRank lora,
            Graph graph,
            String init) {}

    /**
     * Molecules as graphs of heavy atoms.
     *
     * @param atoms element symbols, feature 0 of a node first
     * @param nodes the largest number of atoms
     * @param x how the features of the atoms are noised
     * @param adj how the orders of the bonds are noised
     * @param sampling how designs are sampled unless a command says otherwise
     */
    public record Graph(
            List<String> atoms, Integer nodes, Noise x, Noise adj, GraphSampling sampling) {}

    /**
     * How a component is noised.
     *
     * @param sde {@code vp}, {@code ve} or {@code sub-vp}
     * @param parameters {@code beta_min} and {@code beta_max}, or {@code sigma_min} and {@code
     *     sigma_max}
     * @param parameterisation what the network's output is: {@code score} (default), {@code noise},
     *     {@code clean} or {@code velocity}
     */
    public record Noise(String sde, Map<String, Double> parameters, String parameterisation) {}

    /**
     * How designs of a graph model are sampled.
     *
     * @param steps times of the grid; default 1000
     * @param predictor default {@code reverse}
     * @param corrector default {@code langevin}
     * @param snr signal-to-noise ratio of the corrector; default 0.2
     * @param scaleEps factor of the corrector's noise; default 0.7
     * @param correctorSteps corrector steps for each time; default 1
     * @param eps the last time; default 1e-4
     */
    public record GraphSampling(
            Integer steps,
            String predictor,
            String corrector,
            Double snr,
            Double scaleEps,
            Integer correctorSteps,
            Double eps) {}

    /**
     * How score matching weighs times and errors.
     *
     * @param weighting {@code noise} (default, as published), {@code likelihood} or {@code output}
     * @param times how times are drawn: {@code uniform} (default), {@code antithetic} or {@code
     *     importance}
     * @param reduce {@code sum} (default): half the sum over the entries of an array; {@code mean}:
     *     their mean
     */
    public record ScoreMatching(String weighting, String times, String reduce) {}

    /**
     * How proteins are noised, and what counts.
     *
     * @param backboneNoise standard deviation of the noise on each coordinate, in angstrom; default
     *     0.1
     * @param loss which letters count: {@code all} (default), {@code masked} or {@code nelbo}
     *     (inverse folding)
     * @param labelSmoothing weight of the uniform distribution beside the letter; default 0.1, 0
     *     for {@code nelbo} (inverse folding)
     * @param normaliser what the sum of the losses of a batch is divided by; default the letters
     *     that count (inverse folding)
     * @param mutants how many mutants of each protein of a batch are drawn; default 32 (stability)
     */
    public record Protein(
            Double backboneNoise,
            String loss,
            Double labelSmoothing,
            Double normaliser,
            Integer mutants) {}

    /**
     * Low-rank adapters (LoRA, Hu et al. 2022).
     *
     * @param rank r, at least 1
     * @param alpha adapters count alpha / r; default r
     * @param layers regular expressions of the layers that get one; default all with a matrix
     */
    public record LowRank(Integer rank, Double alpha, List<String> layers) {}

    /**
     * The examples.
     *
     * @param table TSV file of sequences or molecules, gzipped or not; for molecules also a file of
     *     SMILES, {@code .smi} or {@code .smi.gz}
     * @param sequenceColumn column of the sequences; default {@code sequence}
     * @param smilesColumn column of the molecules; default {@code smiles} (score matching)
     * @param labelColumn column of the labels, or of the classes
     * @param classes the values of the column of classes, class 0 first (denoisers); those that
     *     count as 1, all others being 0 (classification)
     * @param classDropout share of examples that are shown without their class, for classifier-free
     *     guidance; default 0.1
     * @param where the rows that are used: for each column the values that it may have
     * @param heldOutWhere the rows that may be held out for validation and test, likewise; default
     *     all that are used
     * @param groups which rows stay on one side of a split: {@code none} (default), {@code similar}
     *     (near-duplicates, by shared aligned blocks) or {@code column:NAME}
     * @param part uses one of several disjoint parts of the rows, groups kept together
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
     * @param backbones files of JSON lines, one backbone each, gzipped or not (proteins)
     * @param minLength the fewest residues of a backbone that is used; default 30 (proteins)
     * @param maxLength the most residues; default 500. In reward backpropagation longer ones are
     *     left out after the split, which is that of the default (proteins)
     * @param identity share of equal letters from which aligned proteins stay on one side of a
     *     split; default 0.3 (proteins)
     * @param proteinColumn column of the names of the backbones; default {@code protein}
     *     (stability)
     * @param mutationColumn column of the mutations, such as QA1K; default {@code mutation}
     *     (stability)
     * @param sign 1 (default), or -1 to change the sign of the labels, which are to rise with
     *     stability (stability)
     * @param splitSeed the seed of the split, so that jobs of different seeds have the same;
     *     default that of the job (proteins)
     */
    public record Data(
            String table,
            String sequenceColumn,
            String smilesColumn,
            String labelColumn,
            List<String> classes,
            Double classDropout,
            Map<String, List<String>> where,
            Map<String, List<String>> heldOutWhere,
            String groups,
            Part part,
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
            Buffer buffer,
            List<String> backbones,
            Integer minLength,
            Integer maxLength,
            Double identity,
            String proteinColumn,
            String mutationColumn,
            Integer sign,
            Long splitSeed) {}

    /**
     * A replay buffer of roll-outs.
     *
     * @param trajectories how many it holds
     * @param refresh how many new ones take the place of the oldest at a time
     * @param every after how many training steps they do
     */
    public record Buffer(Integer trajectories, Integer refresh, Integer every) {}

    /**
     * One of several disjoint parts of the rows.
     *
     * @param index from 0
     * @param of how many there are
     */
    public record Part(Integer index, Integer of) {}

    /**
     * How the reward is backpropagated (DRAKES, Wang et al. 2024).
     *
     * @param steps reverse steps of a trajectory; default 128
     * @param truncation the last steps that carry the gradient; default all
     * @param temperature tau of the relaxed tokens at the first training step; default 1
     * @param lastTemperature tau at the last training step, reached geometrically; default the
     *     first
     * @param copyTemperature makes the copy flag a sigmoid of this temperature; default none
     * @param letterTemperature what log p of the letters is divided by, as when designs are
     *     sampled; default 1, for proteins 0.1
     * @param kl {@code step} (default), {@code path}, {@code reference}, {@code
     *     reference_unclamped} or {@code none}
     * @param klWeight what a nat of divergence costs, in the unit of the reward
     * @param klWarmup training steps over which that grows linearly from 0; default 0
     * @param klSteps {@code all} (default) steps of the trajectory, or those that are {@code
     *     differentiated}
     */
    public record Backpropagation(
            Integer steps,
            Integer truncation,
            Double temperature,
            Double lastTemperature,
            Double copyTemperature,
            Double letterTemperature,
            String kl,
            Double klWeight,
            Integer klWarmup,
            String klSteps) {}

    /**
     * Further reasons to stop, looked at in each validation of reward backpropagation.
     *
     * @param designs designs of a validation; default 128
     * @param maxKl largest divergence from the pretrained model, in nats per design
     * @param minDiversity smallest mean share of positions in which two designs differ
     */
    public record Stop(Integer designs, Double maxKl, Double minDiversity) {}

    /**
     * The hyper-parameters; defaults are the published ones of MDLM where it has them, and of
     * DRAKES for reward backpropagation (in brackets).
     *
     * @param maxSteps largest number of steps
     * @param batchSize default 128 (32)
     * @param accumulate batches whose gradients are averaged for one step; default 1
     * @param optimizer {@code adamw} (default) or {@code adam}, whose weight decay is part of the
     *     gradient
     * @param learningRate default 3e-4 (1e-4)
     * @param warmupSteps default 0
     * @param decay {@code constant} (default), {@code cosine} or {@code linear}
     * @param beta1 default 0.9
     * @param beta2 default 0.999
     * @param epsilon default 1e-8
     * @param weightDecay default 0
     * @param clipNorm default 1
     * @param clipGroups beginnings of the names of parameters that are clipped by a norm of their
     *     own; default none, for score matching those of each network
     * @param emaDecay default 0.9999 (0: the weights themselves)
     * @param validateEvery default 500 (20)
     * @param patience default 5
     * @param keepCheckpoints default 2
     * @param timeSampling {@code antithetic} (default), {@code importance} or {@code
     *     change_of_variables}
     * @param loss what soft_value minimises: {@code least_squares} (default; the mean reward) or
     *     {@code linex} (the soft value)
     * @param temperature tau of linex, in the unit of the reward; that of the decoder to be
     * @param batchTokens residues of a call of the network, padding included; a batch is several
     *     calls; default 4000 (inverse folding)
     */
    public record Training(
            Integer maxSteps,
            Integer batchSize,
            Integer accumulate,
            String optimizer,
            Double learningRate,
            Integer warmupSteps,
            String decay,
            Double beta1,
            Double beta2,
            Double epsilon,
            Double weightDecay,
            Double clipNorm,
            List<String> clipGroups,
            Double emaDecay,
            Integer validateEvery,
            Integer patience,
            Integer keepCheckpoints,
            String timeSampling,
            String loss,
            Double temperature,
            Integer batchTokens) {}

    /**
     * What the card says.
     *
     * @param summary one sentence
     * @param licence licence of the weights
     * @param sources where the data come from
     */
    public record Card(String summary, String licence, List<String> sources) {}
}
