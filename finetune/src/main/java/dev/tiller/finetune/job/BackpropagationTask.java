package dev.tiller.finetune.job;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiller.finetune.Trainer;
import dev.tiller.finetune.backpropagation.BackboneConditioning;
import dev.tiller.finetune.backpropagation.Conditioning;
import dev.tiller.finetune.backpropagation.FrozenModel;
import dev.tiller.finetune.backpropagation.RewardBackpropagation;
import dev.tiller.finetune.backpropagation.SequenceModel;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import dev.tiller.rewards.composition.RewardSpec;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.Philox;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.NamedBlock;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Fine-tuning of a denoiser: its reward, its referee and the pretrained model in both forms. */
final class BackpropagationTask {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The letter of proteins that is never designed. */
    private static final String UNKNOWN = "X";

    private final TrainingJob job;
    private final Pretrained pretrained;
    private final Device device;
    private final Consumer<String> log;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    BackpropagationTask(
            TrainingJob job, Pretrained pretrained, Device device, Consumer<String> log) {
        this.job = job;
        this.log = log;
        this.pretrained = pretrained;
        this.device = device;
    }

    Task task() throws IOException {
        try {
            return make();
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private Task make() throws IOException {
        ModelConfig config = pretrained.config();
        boolean proteins = pretrained.isInverseFolding();
        JobChecks.requireThat(
                proteins == (job.data() != null),
                "data",
                "be given for models that design proteins for backbones only",
                proteins ? "none" : "one for " + config.name());
        ProteinTasks.Targets targets = proteins ? new ProteinTasks(job, log).targets() : null;
        BackpropagationSettings settings = new BackpropagationSettings(job);
        Integer label = pretrained.label(job);
        OptionalInt asked = label == null ? OptionalInt.empty() : OptionalInt.of(label);
        Conditioning training =
                proteins ? given(targets.training()) : Conditioning.none(config.length());
        SequenceModel model =
                new SequenceModel(
                        config.schedule().create(),
                        config.alphabet(),
                        training.layouts().length(),
                        config.timeConditioning(),
                        asked,
                        training,
                        settings.letterTemperature(proteins),
                        proteins ? UNKNOWN : "");
        RewardContext context =
                new RewardContext(
                        device.isGpu() ? "gpu:" + device.getDeviceId() : "cpu",
                        Backend.AUTO.toString());
        Rewards rewards = opened(Rewards.load());
        RewardSpec spec = RewardSpec.of(JSON.convertValue(job.reward(), Object.class));
        Reward reward = opened(spec.create(rewards, context));
        Optional<Reward> referee =
                reward.referee().map(name -> opened(rewards.create(name, Map.of(), context)));
        Rewards.requireReadable(
                reward, proteins ? Backbone.AMINO_ACIDS : config.alphabet(), config.name());
        Conditioning heldOut = proteins ? given(targets.validation()) : null;
        RewardBackpropagation objective =
                new RewardBackpropagation(
                        model,
                        frozen(label, model, targets),
                        reward,
                        settings.options(),
                        settings.validation(referee.orElse(null), heldOut),
                        settings.batchSize(),
                        new Philox(job.seed()));
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("pretrained model", config.name());
        data.put("reward", reward.name());
        referee.ifPresent(judge -> data.put("referee", judge.name()));
        if (proteins) {
            data.put("backbones designed for", targets.training().size());
            data.put("backbones of validations", targets.validation().size());
        }
        Task.Report report =
                (network, steps, manager) -> objective.validate(network, manager).metrics();
        return new Task(objective, config.length(), report, data, this::close);
    }

    private Conditioning given(List<Backbone> backbones) {
        int neighbours = pretrained.config().architectureConfig().path("neighbours").asInt();
        return new BackboneConditioning(backbones, neighbours);
    }

    /** The pretrained model on hard states, its letters at the temperature of the job. */
    private Denoiser onTokens(Integer label, SequenceModel model, ProteinTasks.Targets targets) {
        String name = job.model().pretrained();
        Denoiser plain;
        if (targets != null) {
            plain = opened(ModelZoo.inverseFolding(name, Backend.AUTO, device, targets.training()));
        } else if (label == null) {
            plain = opened(ModelZoo.denoiser(name, Backend.AUTO, device));
        } else {
            plain =
                    opened(
                            ModelZoo.classDenoisers(name, label, Backend.AUTO, device)
                                    .conditional());
        }
        return model.isPlain() ? plain : model.law(plain);
    }

    private FrozenModel frozen(Integer label, SequenceModel model, ProteinTasks.Targets targets) {
        Denoiser onTokens = onTokens(label, model, targets);
        NDManager manager = opened(NDManager.newBaseManager(device));
        ModelConfig config = pretrained.config();
        NamedBlock onSoft =
                Architectures.create(config.architecture(), config.architectureConfig());
        pretrained.load(onSoft, manager);
        onSoft.freezeParameters(true);
        return new FrozenModel(onTokens, Trainer.evaluation(onSoft, manager));
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }

    private void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
