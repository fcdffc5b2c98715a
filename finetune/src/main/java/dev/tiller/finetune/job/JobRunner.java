package dev.tiller.finetune.job;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.finetune.TrainedWeights;
import dev.tiller.finetune.Trainer;
import dev.tiller.finetune.TrainingListener;
import dev.tiller.finetune.TrainingOptions;
import dev.tiller.finetune.data.LabelledTokens;
import dev.tiller.finetune.data.Split;
import dev.tiller.finetune.objective.Classification;
import dev.tiller.finetune.objective.MaskedNelbo;
import dev.tiller.finetune.objective.Regression;
import dev.tiller.finetune.objective.Stability;
import dev.tiller.finetune.optimizer.AdamW;
import dev.tiller.finetune.optimizer.LearningRate;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness;
import dev.tiller.zoo.AdapterFile;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelDirectory;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.LowRankAdapters;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs a training job from its examples to the model folder: {@code model/} under the job's folder,
 * with the moving average as weights, and the raw weights beside them as {@code raw.safetensors}.
 */
public final class JobRunner {
    private final TrainingJob job;
    private final Pretrained pretrained;
    private final Device device;
    private final TrainingListener listener;
    private final Consumer<String> log;

    /**
     * Creates a runner.
     *
     * @param job the job
     * @param device where to train
     * @param listener told of progress; may interrupt
     * @param log receives one line for each phase
     */
    public JobRunner(
            TrainingJob job, Device device, TrainingListener listener, Consumer<String> log) {
        check(job);
        boolean tuned = job.objective() == TrainingJob.Kind.REWARD_BACKPROPAGATION;
        this.pretrained = tuned ? Pretrained.of(job) : null;
        this.job = tuned ? pretrained.resolve(job) : job;
        this.device = device;
        this.listener = listener;
        this.log = log;
    }

    /**
     * Checks that a job says what it must say and nothing that it does not use, before anything is
     * written.
     *
     * @param job the job
     * @throws IllegalArgumentException naming the key that is missing, wrong or not used
     */
    public static void check(TrainingJob job) {
        JobChecks.check(job);
    }

    /**
     * Runs the job; if its folder holds a checkpoint, from there.
     *
     * @param folder the job's folder
     * @return the model
     * @throws IOException if a file cannot be read or written
     */
    public ModelDirectory run(Path folder) throws IOException {
        TrainingOptions options = options(job);
        NamedBlock network = architecture();
        try (Task task = task(new Examples(job, device, log));
                NDManager manager = NDManager.newBaseManager(device)) {
            log.accept(beginning(task));
            Trainer trainer =
                    new Trainer(
                            options, this::architecture, this::start, manager, folder, listener);
            TrainedWeights weights = trainer.train(task.objective());
            network.load(weights.average(), manager);
            network.freezeParameters(true);
            Map<String, Double> numbers = new LinkedHashMap<>();
            numbers.put("validation_loss", weights.validationLoss());
            numbers.putAll(
                    task.report()
                            .of(Trainer.evaluation(network, manager), weights.steps(), manager));
            numbers.forEach(
                    (name, value) ->
                            log.accept(String.format(Locale.ROOT, "%s %.4f", name, value)));
            ModelDirectory model = write(folder.resolve("model"), task, network, weights, numbers);
            JobResult.of(job, weights, numbers).write(folder);
            return model;
        }
    }

    private String beginning(Task task) {
        return pretrained == null
                ? "training " + job.name() + " on " + task.objective().examples() + " examples"
                : "fine-tuning " + pretrained.config().name() + " to " + job.name();
    }

    private void start(NamedBlock network, NDManager owner) {
        if (pretrained == null) {
            network.initialize(new Philox(job.seed()), owner);
            if (job.model().init() != null) {
                WarmStart.of(job).load(network, owner);
            }
        } else {
            pretrained.start(network, new Philox(job.seed()), owner);
        }
    }

    private ModelDirectory write(
            Path folder,
            Task task,
            NamedBlock network,
            TrainedWeights weights,
            Map<String, Double> numbers)
            throws IOException {
        ModelConfig config = config(task);
        String card = CardText.of(job, task.data(), weights, numbers);
        if (network.adapters().isPresent()) {
            return writeAdapted(folder, config, network, card);
        }
        Map<String, NDArray> average = new LinkedHashMap<>(weights.average());
        ModelDirectory model = ModelDirectory.write(folder, config, average, card);
        SafeTensors.write(folder.resolve("raw.safetensors"), weights.raw(), Map.of());
        return model;
    }

    /** Writes a network with its adapters merged in, and the adapters beside it. */
    private static ModelDirectory writeAdapted(
            Path folder, ModelConfig config, NamedBlock network, String card) throws IOException {
        LowRankAdapters adapters = network.adapters().orElseThrow();
        adapters.merge();
        Map<String, NDArray> merged = new LinkedHashMap<>(network.weights());
        merged.keySet().removeAll(adapters.weights().keySet());
        ModelDirectory model = ModelDirectory.write(folder, config, merged, card);
        adapters.unmerge();
        AdapterFile.write(folder.resolve(AdapterFile.NAME), network);
        return model;
    }

    private ModelConfig config(Task task) {
        TrainingJob.Card card = job.card();
        String sources =
                card == null || card.sources() == null ? null : String.join("; ", card.sources());
        String licence = card == null ? null : card.licence();
        if (task.graph() != null) {
            return ModelConfig.ofGraphs(
                    job.name(),
                    job.model().architecture(),
                    job.model().config(),
                    task.graph(),
                    false,
                    sources,
                    licence);
        }
        ModelConfig.Kind kind =
                switch (job.objective()) {
                    case MASKED_NELBO,
                            SCORE_ENTROPY,
                            SCORE_MATCHING,
                            INVERSE_FOLDING,
                            REWARD_BACKPROPAGATION ->
                            ModelConfig.Kind.DENOISER;
                    case REGRESSION, CLASSIFICATION, STABILITY, DISTILLATION ->
                            ModelConfig.Kind.REWARD;
                    case SOFT_VALUE -> ModelConfig.Kind.VALUE;
                };
        ModelConfig.Target target = null;
        if (task.objective() instanceof Regression regression) {
            target = new ModelConfig.Target(regression.mean(), regression.deviation());
        } else if (task.objective() instanceof Stability stability) {
            target = new ModelConfig.Target(stability.mean(), stability.deviation());
        } else if (task.objective() instanceof Classification) {
            target = new ModelConfig.Target(0, 1); // log-odds as they are
        }
        return new ModelConfig(
                job.name(),
                kind,
                job.model().architecture(),
                job.model().config(),
                job.model().alphabet(),
                task.length(),
                job.model().schedule(),
                timeConditioning(job),
                label(),
                target,
                sources,
                licence,
                job.model().referee(),
                job.model().valueNetworks(),
                pretrained != null
                        ? pretrained.config().classes()
                        : guided() ? job.data().classes() : null);
    }

    private NamedBlock architecture() {
        if (pretrained != null) {
            return pretrained.network();
        }
        return Architectures.create(job.model().architecture(), job.model().config());
    }

    private Task task(Examples examples) throws IOException {
        return switch (job.objective()) {
            case MASKED_NELBO -> maskedNelbo(examples);
            case SCORE_ENTROPY -> scoreEntropy(examples);
            case SCORE_MATCHING -> ScoreMatchingTask.of(job, examples.molecules());
            case INVERSE_FOLDING -> new ProteinTasks(job, log).inverseFolding();
            case STABILITY -> new ProteinTasks(job, log).stability();
            case REGRESSION -> regression(examples.selected(), "measured");
            case CLASSIFICATION -> ClassTasks.classification(job, examples.selected());
            case DISTILLATION -> distillation(examples);
            case SOFT_VALUE -> new SoftValueTask(job, examples, log).task();
            case REWARD_BACKPROPAGATION ->
                    new BackpropagationTask(job, pretrained, device, log).task();
        };
    }

    private int letters() {
        return job.model().alphabet().length();
    }

    private Task maskedNelbo(Examples examples) throws IOException {
        SelectedRows selected = examples.selected();
        LabelledTokens all = selected.rows();
        Split split = selected.split(job);
        Randomness noise = new Philox(job.seed());
        MaskedNelbo.TimeSampling times = JobChecks.timeSampling(job);
        long[][] training = all.select(split.training()).tokens();
        MaskedNelbo objective =
                nelbo(training, all.select(split.validation()).tokens(), times, noise);
        MaskedNelbo test = nelbo(training, all.select(split.test()).tokens(), times, noise);
        if (guided()) {
            return ClassTasks.denoiser(job, selected, split, objective, test);
        }
        Task.Report report =
                (network, steps, manager) ->
                        Map.of("test_nelbo", test.validate(network, manager).loss());
        return new Task(objective, all.tokens()[0].length, report, selected.sizes(split));
    }

    private MaskedNelbo nelbo(
            long[][] training, long[][] held, MaskedNelbo.TimeSampling times, Randomness noise) {
        return new MaskedNelbo(
                training,
                held,
                letters(),
                job.model().schedule().create(),
                times,
                timeConditioning(job),
                noise);
    }

    private Task scoreEntropy(Examples examples) throws IOException {
        return ScoreEntropyTask.of(job, examples.selected());
    }

    /** Tells whether a job's network is told the noise. */
    static boolean timeConditioning(TrainingJob job) {
        return or(job.model().timeConditioning(), false);
    }

    /** The class that the model is asked for unless told otherwise; null without classes. */
    private Integer label() {
        if (pretrained != null) {
            return pretrained.label(job);
        }
        return guided() ? job.data().classes().size() : null; // none
    }

    /** Says whether the job trains a denoiser with classes. */
    private boolean guided() {
        return job.objective() == TrainingJob.Kind.MASKED_NELBO && job.data().classes() != null;
    }

    private Task regression(SelectedRows selected, String labels) {
        LabelledTokens all = selected.rows();
        Split split = selected.split(job);
        Regression objective =
                new Regression(
                        all.select(split.training()), all.select(split.validation()), letters());
        LabelledTokens test = all.select(split.test());
        Task.Report report =
                (network, steps, manager) ->
                        Map.of(
                                "test_pearson_with_" + labels,
                                Task.pearson(objective, network, test, manager));
        return new Task(objective, all.tokens()[0].length, report, selected.sizes(split));
    }

    private Task distillation(Examples examples) throws IOException {
        // first what is read in a moment, so that a wrong path is found at once
        LabelledTokens measured = job.data().table() == null ? null : examples.measured();
        Task task = regression(SelectedRows.of(examples.distilled()), "teacher");
        if (measured == null) {
            return task;
        }
        Task.Report report =
                (network, steps, manager) -> {
                    Map<String, Double> numbers =
                            new LinkedHashMap<>(task.report().of(network, steps, manager));
                    numbers.put(
                            "pearson_with_measured",
                            Task.pearson(
                                    (Regression) task.objective(), network, measured, manager));
                    return numbers;
                };
        return new Task(task.objective(), task.length(), report, task.data());
    }

    static TrainingOptions options(TrainingJob job) {
        TrainingJob.Training t = job.training();
        LearningRate.Shape shape = JobChecks.decay(job);
        boolean tuned = job.objective() == TrainingJob.Kind.REWARD_BACKPROPAGATION;
        return new TrainingOptions(
                job.seed(),
                t.maxSteps(),
                or(t.batchSize(), tuned ? 32 : 128),
                or(t.accumulate(), 1),
                new LearningRate(
                        or(t.learningRate(), tuned ? 1e-4 : 3e-4),
                        or(t.warmupSteps(), 0),
                        shape,
                        t.maxSteps()),
                new AdamW.Options(
                        or(t.beta1(), 0.9),
                        or(t.beta2(), 0.999),
                        or(t.epsilon(), 1e-8),
                        or(t.weightDecay(), 0.0),
                        JobChecks.weightDecay(job)),
                or(t.clipNorm(), 1.0),
                clipGroups(job),
                or(t.emaDecay(), tuned ? 0 : 0.9999),
                or(t.validateEvery(), tuned ? 20 : 500),
                or(t.patience(), 5),
                or(t.keepCheckpoints(), 2));
    }

    private static List<String> clipGroups(TrainingJob job) {
        boolean networks = job.objective() == TrainingJob.Kind.SCORE_MATCHING;
        return or(
                job.training().clipGroups(), networks ? ScoreMatchingSettings.NETWORKS : List.of());
    }

    static <T> T or(T value, T preset) {
        return value == null ? preset : value;
    }
}
