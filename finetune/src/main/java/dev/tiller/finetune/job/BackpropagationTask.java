package dev.tiller.finetune.job;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiller.finetune.Trainer;
import dev.tiller.finetune.backpropagation.FrozenModel;
import dev.tiller.finetune.backpropagation.RewardBackpropagation;
import dev.tiller.finetune.backpropagation.SequenceModel;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import dev.tiller.rewards.composition.RewardSpec;
import dev.tiller.sampler.Philox;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.NetworkDenoiser;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.NamedBlock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Fine-tuning of a denoiser: its reward, its referee and the pretrained model in both forms. */
final class BackpropagationTask {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TrainingJob job;
    private final Pretrained pretrained;
    private final Device device;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    BackpropagationTask(TrainingJob job, Pretrained pretrained, Device device) {
        this.job = job;
        this.pretrained = pretrained;
        this.device = device;
    }

    Task task() {
        try {
            return make();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private Task make() {
        ModelConfig config = pretrained.config();
        Integer label = pretrained.label(job);
        OptionalInt asked = label == null ? OptionalInt.empty() : OptionalInt.of(label);
        SequenceModel model =
                new SequenceModel(
                        config.schedule().create(),
                        config.alphabet(),
                        config.length(),
                        config.timeConditioning(),
                        asked);
        RewardContext context =
                new RewardContext(
                        device.isGpu() ? "gpu:" + device.getDeviceId() : "cpu",
                        Backend.AUTO.toString());
        Rewards rewards = opened(Rewards.load());
        RewardSpec spec = RewardSpec.of(JSON.convertValue(job.reward(), Object.class));
        Reward reward = opened(spec.create(rewards, context));
        Optional<Reward> referee =
                reward.referee().map(name -> opened(rewards.create(name, Map.of(), context)));
        Rewards.requireReadable(reward, config.alphabet(), config.name());
        BackpropagationSettings settings = new BackpropagationSettings(job);
        RewardBackpropagation objective =
                new RewardBackpropagation(
                        model,
                        frozen(label),
                        reward,
                        settings.options(),
                        settings.validation(referee.orElse(null)),
                        settings.batchSize(),
                        new Philox(job.seed()));
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("pretrained model", config.name());
        data.put("reward", reward.name());
        referee.ifPresent(judge -> data.put("referee", judge.name()));
        Task.Report report =
                (network, steps, manager) -> objective.validate(network, manager).metrics();
        return new Task(objective, config.length(), report, data, this::close);
    }

    private FrozenModel frozen(Integer label) {
        String name = job.model().pretrained();
        NetworkDenoiser onTokens =
                opened(
                        label == null
                                ? ModelZoo.denoiser(name, Backend.AUTO, device)
                                : ModelZoo.classDenoisers(name, label, Backend.AUTO, device)
                                        .conditional());
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
