package dev.tiller.finetune.job;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelDirectory;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.weights.WeightFile;
import java.util.LinkedHashMap;
import java.util.Map;

/** Weights of a trained model, from which a network of the same trunk starts. */
final class WarmStart {
    private final ModelDirectory directory;

    private WarmStart(ModelDirectory directory) {
        this.directory = directory;
    }

    /** Finds the model that a job starts from. */
    static WarmStart of(TrainingJob job) {
        ModelDirectory directory = ModelZoo.find(job.model().init());
        ModelConfig config = directory.config();
        JobChecks.requireThat(
                config.architecture().equals(job.model().architecture()),
                "model.init",
                "be a model of the architecture " + job.model().architecture(),
                config.name() + " of " + config.architecture());
        JobChecks.requireThat(
                config.alphabet().equals(job.model().alphabet()),
                "model.init",
                "have the alphabet of the job, " + job.model().alphabet(),
                config.alphabet());
        return new WarmStart(directory);
    }

    /** Copies the weights that the network has too; its others stay as they are. */
    void load(NamedBlock network, NDManager owner) {
        try (NDManager manager = owner.newSubManager();
                WeightFile weights = directory.weights(manager)) {
            Map<String, NDArray> all = new LinkedHashMap<>();
            network.weights().forEach((name, own) -> all.put(name, copy(own, manager)));
            int known = 0;
            for (Map.Entry<String, NDArray> own : all.entrySet()) {
                NDArray given = weights.tensors().get(own.getKey());
                if (given == null) {
                    continue;
                }
                JobChecks.requireThat(
                        given.getShape().equals(own.getValue().getShape()),
                        "model.init",
                        "have the sizes of the job's network, of which "
                                + own.getKey()
                                + " is "
                                + own.getValue().getShape(),
                        given.getShape());
                own.setValue(given);
                known++;
            }
            JobChecks.requireThat(
                    known > 0,
                    "model.init",
                    "have weights of the job's network",
                    directory.config().name() + " with none of its names");
            network.load(all, owner);
        }
    }

    private static NDArray copy(NDArray array, NDManager manager) {
        NDArray copy = array.duplicate();
        copy.attach(manager);
        return copy;
    }
}
