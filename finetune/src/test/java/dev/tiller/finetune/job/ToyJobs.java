package dev.tiller.finetune.job;

import ai.djl.Device;
import dev.tiller.finetune.TrainingListener;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongPredicate;

/** Jobs that take seconds: a table of random sequences labelled by their share of A, or kind. */
final class ToyJobs {
    static final int LENGTH = 12;

    private ToyJobs() {}

    /** Writes the table and a job of one objective; the rest of the job is given as YAML lines. */
    static Path write(Path folder, String name, String yaml) throws IOException {
        StringBuilder rows = new StringBuilder("sequence\tlabel\tkind\n");
        double[] uniforms = new double[LENGTH];
        for (int row = 0; row < 400; row++) {
            new Philox(7).fill(row, 0, Purpose.TRAINING_INPUT, 0, uniforms);
            StringBuilder sequence = new StringBuilder();
            for (double u : uniforms) {
                sequence.append("ACGT".charAt((int) (u * 4)));
            }
            long a = sequence.chars().filter(letter -> letter == 'A').count();
            rows.append(sequence).append('\t').append(a / (double) LENGTH);
            rows.append(a > 2 ? "\tmany\n" : "\tfew\n");
        }
        Path table = Files.writeString(folder.resolve("table.tsv"), rows);
        String text =
                yaml.replace("TABLE", table.toString())
                        + "training: {max_steps: 40, batch_size: 32, learning_rate: 0.01,"
                        + " ema_decay: 0.9, validate_every: 10, patience: 9, weight_decay: 0.01}\n"
                        + "card: {summary: A toy., licence: Apache-2.0, sources: [none]}\n";
        return Files.writeString(folder.resolve(name + ".yaml"), text);
    }

    static Path regression(Path folder) throws IOException {
        return write(
                folder,
                "toy",
                """
                name: toy
                objective: regression
                seed: 3
                model:
                  architecture: conv-gru
                  config: {channels: 8, stem_kernel: 3, kernel: 3, conv_layers: 3, tasks: 1,
                           batch_norm: true, residual: true, dropout: 0.2}
                  alphabet: ACGT
                data: {table: TABLE, label_column: label, validation: 0.2, test: 0.2}
                """);
    }

    static Path denoiser(Path folder) throws IOException {
        return write(
                folder,
                "toy-denoiser",
                """
                name: toy-denoiser
                objective: masked_nelbo
                seed: 4
                model:
                  architecture: dna-conv
                  config: {hidden: 8, stacks: 1, clean_tokens: 4, classes: 0, classifier: false,
                           dropout: 0.0}
                  alphabet: ACGT
                  schedule: {name: log-linear, eps: 0.001}
                data: {table: TABLE, validation: 0.2, test: 0.2}
                """);
    }

    /**
     * A transformer, told the noise, for designs of one letter; {@code objective} is masked_nelbo
     * or score_entropy.
     */
    static Path transformer(Path folder, String objective) throws IOException {
        StringBuilder rows = new StringBuilder("sequence\n");
        for (int row = 0; row < 200; row++) {
            rows.append("ACGT".substring(row % 4, row % 4 + 1).repeat(LENGTH)).append('\n');
        }
        Path repeats = Files.writeString(folder.resolve("repeats.tsv"), rows);
        return write(
                folder,
                "toy-transformer",
                """
                name: toy-transformer
                objective: OBJECTIVE
                seed: 6
                model:
                  architecture: mdlm-dit
                  config: {hidden: 16, cond_dim: 8, blocks: 1, heads: 2, mlp_ratio: 2,
                           clean_tokens: 4, dropout: 0.1}
                  alphabet: ACGT
                  schedule: {name: log-linear, eps: 0.001}
                  time_conditioning: true
                data: {table: REPEATS, validation: 0.2, test: 0.2}
                """
                        .replace("OBJECTIVE", objective)
                        .replace("REPEATS", repeats.toString()));
    }

    static Path denoiserWithClasses(Path folder) throws IOException {
        return write(
                folder,
                "toy-classes",
                """
                name: toy-classes
                objective: masked_nelbo
                seed: 4
                model:
                  architecture: dna-conv
                  config: {hidden: 8, stacks: 1, clean_tokens: 4, classes: 2, classifier: false,
                           dropout: 0.0}
                  alphabet: ACGT
                  schedule: {name: log-linear, eps: 0.001}
                data: {table: TABLE, label_column: kind, classes: [few, many], class_dropout: 0.2,
                       validation: 0.2, test: 0.2}
                """);
    }

    static Path classifier(Path folder) throws IOException {
        return write(
                folder,
                "toy-kind",
                """
                name: toy-kind
                objective: classification
                seed: 6
                model:
                  architecture: dna-conv
                  config: {hidden: 8, stacks: 1, clean_tokens: 4, classes: 1, classifier: true,
                           dropout: 0.1}
                  alphabet: ACGT
                data: {table: TABLE, label_column: kind, classes: [many], validation: 0.2,
                       test: 0.2}
                """);
    }

    /** Chains and rings of C and O, of 3 to 6 atoms, some written twice or too large. */
    static Path molecules(Path folder) throws IOException {
        StringBuilder rows = new StringBuilder("id\tsmiles\n");
        for (int row = 0; row < 128; row++) {
            StringBuilder smiles = new StringBuilder("C");
            for (int i = 0; i < 5; i++) {
                smiles.append((row >> i) % 2 == 0 ? "C" : "O");
            }
            smiles.append(row < 32 ? "" : row < 64 ? "C=C" : row < 96 ? "C#C" : "N");
            rows.append(row).append('\t').append(smiles).append('\n');
        }
        Path table = Files.writeString(folder.resolve("molecules.tsv"), rows);
        return write(
                folder,
                "toy-molecules",
                """
                name: toy-molecules
                objective: score_matching
                seed: 8
                model:
                  architecture: gdss
                  config:
                    nodes: 8
                    features: 3
                    x: {type: convolution, depth: 1, hidden: 4, linears: 2, channels_in: 2,
                        channels: 2, channels_out: 2, attention: 4, heads: 2, projection: gcn}
                    adj: {type: attention, depth: 2, hidden: 4, linears: 2, channels_in: 2,
                          channels: 2, channels_out: 2, attention: 4, heads: 2, projection: gcn}
                  graph:
                    atoms: [C, N, O]
                    nodes: 8
                    x: {sde: vp, parameters: {beta_min: 0.1, beta_max: 5}, parameterisation: noise}
                    adj: {sde: ve, parameters: {sigma_min: 0.1, sigma_max: 2},
                          parameterisation: clean}
                data: {table: MOLECULES, validation: 0.2, test: 0.2}
                score_matching: {times: antithetic}
                """
                        .replace("MOLECULES", table.toString()));
    }

    static Path softValue(Path folder, Path generator) throws IOException {
        return write(
                folder,
                "toy-value",
                """
                name: toy-value
                objective: soft_value
                seed: 5
                model:
                  architecture: optimus
                  config: {filters: 8, kernel: 4, layers: 2, hidden: 8, outputs: 1, length: 12,
                           dropout: 0.1}
                  alphabet: ACGT
                data: {generator: GENERATOR, reward: gc-content, steps: 8, roll_outs: 64,
                       states_per_roll_out: 4}
                """
                        .replace("GENERATOR", generator.toString()));
    }

    /** Runs a job until {@code interrupt} says stop, if it ever does. */
    static void run(Path file, Path out, boolean resume, LongPredicate interrupt)
            throws IOException {
        TrainingJob job = JobFile.read(file, List.of());
        JobFolder.open(out, job, resume, false);
        long[] step = {0};
        TrainingListener listener =
                new TrainingListener() {
                    @Override
                    public void stepDone(Progress progress, long maxSteps) {
                        step[0] = progress.step();
                    }

                    @Override
                    public boolean interrupted() {
                        step[0]++; // asked before it is told
                        return interrupt.test(step[0]);
                    }
                };
        new JobRunner(job, Device.cpu(), listener, line -> {}).run(out);
    }

    /** The child process of the kill test: job file, run folder, resume or not. */
    public static void main(String[] arguments) throws IOException {
        run(
                Path.of(arguments[0]),
                Path.of(arguments[1]),
                Boolean.parseBoolean(arguments[2]),
                step -> false);
    }
}
