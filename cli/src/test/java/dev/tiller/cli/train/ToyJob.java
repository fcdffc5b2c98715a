package dev.tiller.cli.train;

import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A job that takes a second: a tiny network learns the share of A in random sequences. */
public final class ToyJob {
    private static final int LENGTH = 12;

    private ToyJob() {}

    /**
     * Writes a job and its table.
     *
     * @param folder where they go
     * @param name name of the job
     * @param steps its steps
     * @param further lines of YAML
     * @return the job file
     */
    public static Path write(Path folder, String name, int steps, String further)
            throws IOException {
        StringBuilder rows = new StringBuilder("sequence\tlabel\n");
        double[] uniforms = new double[LENGTH];
        for (int row = 0; row < 150; row++) {
            new Philox(7).fill(row, 0, Purpose.TRAINING_INPUT, 0, uniforms);
            StringBuilder sequence = new StringBuilder();
            for (double u : uniforms) {
                sequence.append("ACGT".charAt((int) (u * 4)));
            }
            long a = sequence.chars().filter(letter -> letter == 'A').count();
            rows.append(sequence).append('\t').append(a / (double) LENGTH).append('\n');
        }
        Path table = Files.writeString(folder.resolve("table.tsv"), rows);
        return Files.writeString(
                folder.resolve(name + ".yaml"),
                """
                name: NAME
                objective: regression
                out: OUT
                model:
                  architecture: optimus
                  config: {filters: 4, kernel: 3, layers: 1, hidden: 4, outputs: 1, length: 12,
                           dropout: 0.1}
                  alphabet: ACGT
                data: {table: TABLE, label_column: label}
                training: {max_steps: STEPS, batch_size: 16, ema_decay: 0.9, validate_every: 5,
                           patience: 999}
                """
                                .replace("NAME", name)
                                .replace("OUT", folder.resolve("runs").resolve(name).toString())
                                .replace("TABLE", table.toString())
                                .replace("STEPS", Integer.toString(steps))
                        + further);
    }
}
