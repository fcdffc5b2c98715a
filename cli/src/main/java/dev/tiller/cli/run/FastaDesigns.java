package dev.tiller.cli.run;

import dev.tiller.rewards.sequence.Fasta;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;

/**
 * Designs as FASTA with ProteinMPNN-like headers: {@code >17 reward=7.9123, referee=7.5512,
 * method=svdd-pm, seed=0}.
 */
final class FastaDesigns {
    private FastaDesigns() {}

    static void write(RunFolder folder, List<DesignRow> designs, SamplingJob job)
            throws IOException {
        List<Fasta.Record> records = designs.stream().map(row -> record(row, job)).toList();
        AtomicFiles.write(
                folder.file(RunFolder.FASTA),
                file -> {
                    try (BufferedWriter out = Files.newBufferedWriter(file)) {
                        Fasta.write(records, out);
                    }
                });
    }

    private static Fasta.Record record(DesignRow row, SamplingJob job) {
        String referee =
                Double.isNaN(row.referee())
                        ? ""
                        : String.format(Locale.ROOT, " referee=%.4f,", row.referee());
        String header =
                String.format(
                        Locale.ROOT,
                        "%d reward=%.4f,%s method=%s, seed=%d",
                        row.sampleId(),
                        row.reward(),
                        referee,
                        JobYaml.label(job.method()),
                        job.seed());
        return Fasta.Record.of(header, row.design());
    }
}
