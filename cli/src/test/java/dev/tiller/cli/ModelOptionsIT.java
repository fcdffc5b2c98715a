package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelDirectory;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of other kinds: with classes, with another value network, and none at all. */
class ModelOptionsIT {
    private static final List<Object> SMALL = List.of("--num", 3, "--steps", 4);

    @TempDir private Path folder;

    private Path modelWithClasses() throws Exception {
        ParityCase parity = ParityCase.find("02_cfg_step").get(0);
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        settings.put("hidden", parity.config().get("hidden").asInt());
        settings.put("stacks", 1).put("clean_tokens", 4).put("classes", 2);
        settings.put("classifier", false).put("dropout", 0.0);
        ModelConfig config =
                new ModelConfig(
                        "cfg",
                        ModelConfig.Kind.DENOISER,
                        "dna-conv",
                        settings,
                        "ACGT",
                        parity.config().get("L").asInt(),
                        new ModelConfig.Schedule("log-linear", Map.of("eps", 1e-3)),
                        false,
                        0,
                        null,
                        null,
                        null,
                        null,
                        null,
                        List.of("a", "b"));
        Path place = folder.resolve("cfg");
        try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                WeightFile weights =
                        SafeTensors.read(parity.file("weights.safetensors"), manager)) {
            ModelDirectory.write(place, config, weights.tensors(), "");
        }
        return place;
    }

    @Test
    void aClassSteersAModelThatHasClasses() throws Exception {
        Path model = modelWithClasses();
        List<Object> job =
                List.of(
                        "--model",
                        model,
                        "--method",
                        "unguided",
                        "--reward",
                        "gc-content",
                        "--num",
                        4,
                        "--steps",
                        8);
        Path strong = folder.resolve("strong");
        String designs = RunFiles.designs(strong, job, "--class", 1, "--class-weight", 5);
        assertEquals(
                designs,
                RunFiles.designs(
                        folder.resolve("replay"),
                        List.of("--job", strong.resolve("job.yaml")),
                        "--batch-size",
                        1));
        assertEquals(
                designs,
                RunFiles.designs(folder.resolve("b"), job, "--class", "b", "--class-weight", 5));
        String other =
                RunFiles.designs(folder.resolve("0"), job, "--class", 0, "--class-weight", 5);
        assertNotEquals(designs, other);
        assertNotEquals(designs, RunFiles.designs(folder.resolve("none"), job));
        assertNotEquals(
                designs,
                RunFiles.designs(folder.resolve("w"), job, "--class", 1, "--class-weight", 0));
        CommandLineRun unknown = RunFiles.sample(folder.resolve("x"), job, "--class", 2);
        assertEquals(2, unknown.exitCode());
        assertTrue(unknown.err().contains("must be one of its 2 classes"), unknown.err());
        CommandLineRun unnamed = RunFiles.sample(folder.resolve("x"), job, "--class", "c");
        assertEquals(2, unnamed.exitCode());
        assertTrue(
                unnamed.err()
                        .contains("class of model 'cfg' must be a, b or a number from 0, got 'c'"),
                unnamed.err());
        assertFalse(Files.exists(folder.resolve("x")));
    }

    @Test
    void aValueNetworkIsFoundByNameAndByFolder() throws Exception {
        List<Object> job = List.of("--method", "svdd-mc", "--candidates", 3);
        Path own = folder.resolve("own");
        String designs = RunFiles.designs(own, SMALL, job.toArray());
        assertEquals(
                designs,
                RunFiles.designs(
                        folder.resolve("name"),
                        SMALL,
                        "--method",
                        "svdd-mc",
                        "--candidates",
                        3,
                        "--value-network",
                        "rna-utr5-mrl-value"));
        Path copy = folder.resolve("value");
        ModelDirectory builtIn = ModelZoo.find("rna-utr5-mrl-value");
        try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                WeightFile weights = builtIn.weights(manager)) {
            ModelDirectory.write(copy, builtIn.config(), weights.tensors(), "");
        }
        assertEquals(
                designs,
                RunFiles.designs(
                        folder.resolve("folder"),
                        SMALL,
                        "--method",
                        "svdd-mc",
                        "--candidates",
                        3,
                        "--value-network",
                        copy));
    }

    @Test
    void theUniformModelNeedsNoNetwork() throws Exception {
        Path run = folder.resolve("run");
        RunFiles.designs(
                run,
                SMALL,
                "--model",
                "uniform",
                "--alphabet",
                "GCTA",
                "--length",
                7,
                "--reward",
                "gc-content",
                "--method",
                "smc",
                "--particles",
                3);
        assertTrue(RunFiles.sequences(run).stream().allMatch(design -> design.length() == 7));
        assertFalse(RunFiles.manifest(run).get("sha256").has("model"));
    }
}
