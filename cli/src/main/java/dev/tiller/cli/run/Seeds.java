package dev.tiller.cli.run;

import dev.tiller.rewards.sequence.Fasta;
import dev.tiller.sampler.decoder.Start;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The designs that a refinement starts from, as a FASTA file. */
final class Seeds {
    private Seeds() {}

    /**
     * Reads the seed sequences of a job.
     *
     * @throws IllegalArgumentException if one has another length or does not keep the constraints
     */
    static Optional<Start> of(SamplingJob job, JobModel.Shape shape) throws IOException {
        if (job.seedSequences() == null) {
            return Optional.empty();
        }
        Path file = Path.of(job.seedSequences());
        List<long[]> tokens = new ArrayList<>();
        for (Fasta.Record record : Fasta.read(file, shape.alphabet())) {
            String sequence = record.sequence();
            if (sequence.length() != shape.length()) {
                throw new IllegalArgumentException(
                        "sequences of --seed-sequences must have "
                                + shape.length()
                                + " letters each, got "
                                + sequence.length()
                                + " in '"
                                + record.id()
                                + "' of "
                                + file);
            }
            if (shape.constraints() != null) {
                shape.constraints().requireSatisfied(sequence);
            }
            tokens.add(sequence.chars().mapToLong(shape.alphabet()::indexOf).toArray());
        }
        return Optional.of(Start.ofTokens(tokens));
    }
}
