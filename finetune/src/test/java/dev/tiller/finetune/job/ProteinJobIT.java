package dev.tiller.finetune.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.finetune.Toys;
import dev.tiller.finetune.TrainingInterruptedException;
import dev.tiller.finetune.objective.Peptides;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelDirectory;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of proteins from files of backbones and a table of mutants to their folders. */
class ProteinJobIT {
    private static final int PROTEINS = 20;
    private static final String CONFIG =
            "{hidden: 8, encoder_layers: 1, decoder_layers: 1, neighbours: 4, letters: 22,"
                    + " dropout: 0.1, head: HEAD}";
    private static final String REST =
            """
            training: {max_steps: 12, batch_size: 4, learning_rate: 0.01, ema_decay: 0.9,
                       validate_every: 4}
            card: {summary: A toy., licence: Apache-2.0, sources: [none]}
            """;

    @TempDir private Path folder;

    /** Random letters other than C, D, W. */
    private static String sequence(int protein) {
        double[] uniforms = new double[8 + protein % 3];
        new Philox(9).fill(protein, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        StringBuilder text = new StringBuilder();
        for (double u : uniforms) {
            text.append("AEFGHIKLMNPQRSTVY".charAt((int) (17 * u)));
        }
        return text.toString();
    }

    private Path backbones() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < PROTEINS; i++) {
            // the first is there twice
            String letters = sequence(Math.max(i, 1));
            Backbone backbone = Peptides.peptide(i, letters.length());
            List<String> numbers = new ArrayList<>();
            List<String> residues = new ArrayList<>();
            backbone.residues()
                    .forEach(
                            residue -> {
                                numbers.add("\"" + residue.number() + "\"");
                                List<String> atoms = new ArrayList<>();
                                float[] x = residue.atoms();
                                for (int a = 0; a < x.length; a += 3) {
                                    atoms.add("[" + x[a] + "," + x[a + 1] + "," + x[a + 2] + "]");
                                }
                                residues.add(atoms.toString());
                            });
            lines.append("{\"name\":\"p")
                    .append(i)
                    .append("\",\"chain\":\"A\",\"seq\":\"")
                    .append(letters)
                    .append("\",\"resnum\":")
                    .append(numbers)
                    .append(",\"coords\":")
                    .append(residues)
                    .append("}\n");
        }
        return Files.writeString(folder.resolve("backbones.jsonl"), lines);
    }

    private Path folding() throws IOException {
        String text =
                """
                name: toy-folding
                objective: inverse_folding
                seed: 4
                model:
                  architecture: protein-mpnn
                  config: CONFIG
                  alphabet: ACDEFGHIKLMNPQRSTVWYX
                  schedule: {name: log-linear}
                data: {backbones: [FILE], min_length: 5, validation: 0.2, test: 0.2}
                """;
        return write("folding", text + REST, "letters");
    }

    private Path stability(Path init) throws IOException {
        StringBuilder rows = new StringBuilder("protein\tmutation\tddg\n");
        for (int i = 1; i < PROTEINS; i++) {
            String letters = sequence(i);
            for (int at = 0; at < letters.length(); at++) {
                String place = letters.charAt(at) + "A" + (at + 1);
                rows.append("p" + i + "\t" + place + "D\t2\np" + i + "\t" + place + "W\t-1\n");
            }
        }
        rows.append("p1\tCA1D\t1\n");
        Path table = Files.writeString(folder.resolve("ddg.tsv"), rows);
        String text =
                """
                name: toy-stability
                objective: stability
                seed: 4
                model:
                  architecture: protein-mpnn
                  config: CONFIG
                  alphabet: ACDEFGHIKLMNPQRSTVWYX
                  init: INIT
                  referee: another
                data: {backbones: [FILE], table: TABLE, label_column: ddg, sign: -1, min_length: 5,
                       part: {index: 1, of: 2}, validation: 0.2, test: 0.2}
                protein: {mutants: 6}
                """;
        String known = text.replace("INIT", init.toString()).replace("TABLE", table.toString());
        return write("stability", known + REST, "score");
    }

    private Path write(String name, String text, String head) throws IOException {
        String known =
                text.replace("CONFIG", CONFIG.replace("HEAD", head))
                        .replace("FILE", backbones().toString());
        return Files.writeString(folder.resolve(name + ".yaml"), known);
    }

    private List<String> run(Path file, Path out) throws IOException {
        List<String> log = new ArrayList<>();
        TrainingJob job = JobFile.read(file, List.of());
        JobFolder.open(out, job, false, false);
        new JobRunner(job, Device.cpu(), Toys.silent(), log::add).run(out);
        return log;
    }

    @Test
    void trainsADenoiserAndThenAReward() throws Exception {
        Path first = folder.resolve("first");
        List<String> log = run(folding(), first);
        assertEquals("read 19 of 20 backbones", log.get(0));
        assertTrue(log.contains("dropped 1: the same sequence as one before"), log.toString());
        ModelConfig config = ModelDirectory.open(first.resolve("model")).config();
        assertEquals(ModelConfig.Kind.DENOISER, config.kind());
        assertEquals(0, config.length());
        assertEquals("log-linear", config.schedule().name());
        String card = Files.readString(first.resolve("model/README.md"));
        for (String part :
                List.of(
                        "groups of homologous proteins, each in one part: ",
                        "| test recovery full |",
                        "| test perplexity half |",
                        "| test recovery of nearest sequence |")) {
            assertTrue(card.contains(part), card);
        }

        Path second = folder.resolve("second");
        log = run(stability(first.resolve("model")), second);
        assertTrue(log.contains("dropped 1 rows: another letter in the backbone"), log.toString());
        config = ModelDirectory.open(second.resolve("model")).config();
        assertEquals(ModelConfig.Kind.REWARD, config.kind());
        assertEquals("another", config.referee());
        assertEquals(-0.5, config.target().mean(), 1e-12, "-2 and 1, as often");
        assertEquals(1.5, config.target().std(), 1e-12);
        card = Files.readString(second.resolve("model/README.md"));
        assertTrue(card.contains("| test spearman quartile 1 |"), card);
        assertTrue(card.contains("| test rmse |"), card);
    }

    @Test
    void backpropagatesAStabilityThroughDesignsForBackbones() throws Exception {
        Path first = folder.resolve("first");
        run(folding(), first);
        Path second = folder.resolve("second");
        run(stability(first.resolve("model")), second);
        String text =
                """
                name: toy-tuned
                objective: reward_backpropagation
                model: {pretrained: FIRST}
                data: {backbones: [FILE], min_length: 5, max_length: 9, validation: 0.2, test: 0.2}
                reward: {reward: model, options: {path: SECOND}}
                backpropagation: {steps: 4, truncation: 2, kl: step, kl_weight: 0.01}
                training: {max_steps: 2, batch_size: 3, learning_rate: 0.01, validate_every: 1}
                stop: {designs: 4}
                """;
        String known =
                text.replace("FIRST", first.resolve("model").toString())
                        .replace("SECOND", second.resolve("model").toString());
        Path tuned = folder.resolve("tuned");
        List<String> log = run(write("tuned", known, "letters"), tuned);
        assertEquals("read 19 of 20 backbones", log.get(0));
        ModelConfig config = ModelDirectory.open(tuned.resolve("model")).config();
        assertEquals(ModelConfig.Kind.DENOISER, config.kind());
        assertEquals("protein-mpnn", config.architecture());
        List<String> metrics = Files.readAllLines(tuned.resolve("metrics.csv"));
        assertEquals(4, metrics.size(), metrics.toString());
        assertTrue(metrics.get(0).contains("validation_kl_step"), metrics.get(0));

        TrainingJob without =
                JobFile.read(
                        write("without", known.replaceAll("(?m)^data:.*\n", ""), "letters"),
                        List.of());
        IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new JobRunner(without, Device.cpu(), Toys.silent(), line -> {})
                                        .run(folder.resolve("bad")));
        assertEquals(
                "data must be given for models that design proteins for backbones only, got none",
                error.getMessage());
    }

    @Test
    void anInterruptedJobEndsWithTheSameBytes() throws Exception {
        Path job = folding();
        Path whole = folder.resolve("whole");
        ToyJobs.run(job, whole, false, step -> false);
        Path parts = folder.resolve("parts");
        assertThrows(
                TrainingInterruptedException.class,
                () -> ToyJobs.run(job, parts, false, step -> step == 6));
        ToyJobs.run(job, parts, true, step -> false);
        for (String file : List.of("model/model.safetensors", "model/README.md", "metrics.csv")) {
            assertArrayEquals(
                    Files.readAllBytes(whole.resolve(file)),
                    Files.readAllBytes(parts.resolve(file)),
                    file);
        }
    }

    @Test
    void startsFromTheWeightsOfTheSameNames() throws Exception {
        Path first = folder.resolve("first");
        run(folding(), first);
        TrainingJob job = JobFile.read(stability(first.resolve("model")), List.of());
        try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                WeightFile weights = ModelDirectory.open(first.resolve("model")).weights(manager)) {
            NamedBlock network =
                    Architectures.create(job.model().architecture(), job.model().config());
            network.initialize(new Philox(7), manager);
            float[] head = network.weights().get("W_out_mlp.0.weight").toFloatArray();
            int before = manager.getManagedArrays().size();
            WarmStart.of(job).load(network, manager);
            assertEquals(before, manager.getManagedArrays().size(), "nothing is left");
            for (String name : List.of("W_s.weight", "encoder_layers.0.W1.bias")) {
                NDArray trained = weights.tensors().get(name);
                assertArrayEquals(
                        trained.toFloatArray(), network.weights().get(name).toFloatArray(), name);
            }
            assertArrayEquals(
                    head, network.weights().get("W_out_mlp.0.weight").toFloatArray(), "fresh");
        }
        TrainingJob wider =
                JobFile.read(stability(first.resolve("model")), List.of("model.config.hidden=16"));
        IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new JobRunner(wider, Device.cpu(), Toys.silent(), line -> {})
                                        .run(folder.resolve("wider")));
        assertTrue(
                error.getMessage()
                        .startsWith("model.init must have the sizes of the job's network, of"),
                error.getMessage());
    }

    @Test
    void refusesFilesThatAreNotThere() throws Exception {
        Path none = folder.resolve("none.jsonl");
        TrainingJob job = JobFile.read(folding(), List.of("data.backbones=[" + none + "]"));
        IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new JobRunner(job, Device.cpu(), Toys.silent(), line -> {})
                                        .run(folder.resolve("run")));
        assertEquals(
                "data.backbones must be files, of which the card of the job names the source, got "
                        + none,
                error.getMessage());
    }
}
