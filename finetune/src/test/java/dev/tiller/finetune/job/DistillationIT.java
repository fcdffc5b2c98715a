package dev.tiller.finetune.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.finetune.Toys;
import dev.tiller.sampler.Philox;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelDirectory;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.Network;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.DnaConv;
import dev.tiller.zoo.architecture.Optimus;
import dev.tiller.zoo.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small network that imitates a teacher on random, unguided and guided sequences. */
class DistillationIT {
    @TempDir private Path folder;
    private Path job;

    @BeforeEach
    void prepare() throws IOException {
        teacher(folder.resolve("teacher.safetensors"));
        generator(folder.resolve("generator"), "ACGT", Toys.LENGTH);
        job =
                ToyJobs.write(
                        folder,
                        "toy-referee",
                        """
                        name: toy-referee
                        objective: distillation
                        seed: 6
                        model:
                          architecture: optimus
                          config: {filters: 16, kernel: 3, layers: 1, hidden: 16, outputs: 1,
                                   length: 12, dropout: 0.0}
                          alphabet: ACGT
                        data: {teacher: FOLDER/teacher.safetensors, teacher_output: 1,
                               random_sequences: 600, generator: FOLDER/generator,
                               generated_sequences: 20, guided_sequences: 12, candidates: 2,
                               reward: gc-content, steps: 4, table: TABLE, label_column: label}
                        """
                                .replace("FOLDER", folder.toString()));
    }

    /** Random weights of two outputs, with the names and layouts of Keras. */
    private static void teacher(Path file) throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            Optimus block = new Optimus(new Optimus.Config(16, 3, 1, 8, 2, Toys.LENGTH, 0));
            block.initialize(new Philox(31), manager);
            Map<String, NDArray> keras = new LinkedHashMap<>();
            Map.of("convs.0", "conv_1", "dense", "dense_1", "output", "dense_2")
                    .forEach(
                            (name, layer) -> {
                                NDArray kernel = block.weights().get(name + ".weight");
                                NDArray turned = kernel.transpose();
                                keras.put(
                                        layer + "/" + layer + "/kernel:0",
                                        turned.flatten().reshape(turned.getShape()));
                                keras.put(
                                        layer + "/" + layer + "/bias:0",
                                        block.weights().get(name + ".bias"));
                            });
            SafeTensors.write(file, keras, Map.of());
        }
    }

    static void generator(Path model, String alphabet, int length) throws IOException {
        DnaConv.Config shape = new DnaConv.Config(4, 1, 4, 0, false, 0);
        ModelConfig config =
                new ModelConfig(
                        "toy-generator",
                        ModelConfig.Kind.DENOISER,
                        DnaConv.NAME,
                        Architectures.describe(shape),
                        alphabet,
                        length,
                        new ModelConfig.Schedule("log-linear", Map.of()),
                        false,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            DnaConv block = new DnaConv(shape);
            block.initialize(new Philox(32), manager);
            ModelDirectory.write(model, config, block.weights(), "# Toy\n");
        }
    }

    private Path run(List<String> log, String... overrides) throws IOException {
        Path out = folder.resolve("run");
        TrainingJob read = JobFile.read(job, List.of(overrides));
        JobRunner runner = new JobRunner(read, Device.cpu(), Toys.silent(), log::add);
        Files.createDirectories(out);
        runner.run(out);
        return out;
    }

    private String refusal(String... overrides) {
        return assertThrows(IllegalArgumentException.class, () -> run(new ArrayList<>(), overrides))
                .getMessage();
    }

    @Test
    void imitatesTheTeacher() throws IOException {
        List<String> log = new ArrayList<>();
        Path out = run(log, "training.max_steps=200", "training.validate_every=50");
        assertTrue(log.contains("labelling 632 sequences by the teacher"), log.toString());
        String card = Files.readString(out.resolve("model/README.md"));
        assertTrue(card.contains("- training sequences: 506\n"), card);
        assertTrue(card.contains("| pearson with measured | "), card);
        double pearson =
                Double.parseDouble(card.split("test pearson with teacher \\| ")[1].split(" ")[0]);
        assertTrue(pearson > 0.8, "Pearson " + pearson);
        assertFalse(card.contains("\r"), "the card has one kind of line ends");
        try (Network network = ModelZoo.network(out.resolve("model").toString(), Device.cpu())) {
            assertEquals(Optimus.NAME, network.block().architecture());
            ModelConfig config = ModelZoo.find(out.resolve("model").toString()).config();
            assertEquals(ModelConfig.Kind.REWARD, config.kind());
            assertEquals("none", config.source());
            assertEquals("Apache-2.0", config.licence());
            assertEquals(Toys.LENGTH, config.length());
        }
    }

    @Test
    void namesTheFilesThatAreMissing() {
        assertEquals(
                "data.teacher must be a file of weights, got nowhere.safetensors",
                refusal("data.teacher=nowhere.safetensors"));
        assertEquals(
                "data.table must be a file, got nowhere.tsv; its source is named in the card of the"
                        + " job",
                refusal("data.table=nowhere.tsv"));
        assertTrue(
                refusal("data.generator=nowhere").startsWith("unknown model 'nowhere'; built-in"));
        assertTrue(refusal("data.reward=nothing").startsWith("unknown reward 'nothing'; known"));
    }

    @Test
    void refusesATeacherWithoutThatOutput() {
        assertEquals(
                "data.teacher_output must be below the number of the teacher's outputs, 2, got 2",
                refusal("data.teacher_output=2"));
    }

    /** Tokens of another alphabet would silently mean other letters. */
    @Test
    void refusesAGeneratorOfOtherDesigns() throws IOException {
        generator(folder.resolve("other"), "TGCA", Toys.LENGTH);
        assertEquals(
                "data.generator must have the alphabet of the job, ACGT, got TGCA",
                refusal("data.generator=" + folder.resolve("other")));
        generator(folder.resolve("longer"), "ACGT", Toys.LENGTH + 1);
        assertEquals(
                "data.generator must make designs of the length that the teacher reads, 12, got 13",
                refusal("data.generator=" + folder.resolve("longer")));
    }

    @Test
    void refusesTooFewExamplesForThreeParts() {
        assertEquals(
                "data.validation and data.test must leave examples for each part, got {training"
                        + " sequences=4, validation sequences=0, test sequences=0}; give more"
                        + " examples or other shares",
                refusal(
                        "data.random_sequences=4",
                        "data.generated_sequences=0",
                        "data.guided_sequences=0"));
    }
}
