package dev.tiller.cli.run;

import ai.djl.ndarray.NDManager;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.DesignHeader;
import dev.tiller.rewards.protein.Residue;
import dev.tiller.rewards.protein.StructureFile;
import dev.tiller.rewards.sequence.Fasta;
import dev.tiller.sampler.State;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Designed proteins: {@code designs.fasta} with the headers of ProteinMPNN, and for the best of
 * each backbone a PDB file in {@code structures/} that has the designed sequence, and in the column
 * of the B-factors 100 times the probability of each letter given the others.
 */
final class ProteinDesigns implements DesignFiles {
    private static final int BEST = 10;

    private final ProteinModel model;
    private final InverseFolding folding;

    ProteinDesigns(ProteinModel model, InverseFolding folding) {
        this.model = model;
        this.folding = folding;
    }

    @Override
    public void write(RunFolder folder, List<DesignRow> designs, SamplingJob job)
            throws IOException {
        List<Fasta.Record> records = designs.stream().map(row -> record(row, job)).toList();
        AtomicFiles.write(
                folder.file(RunFolder.FASTA),
                file -> {
                    try (BufferedWriter out = Files.newBufferedWriter(file)) {
                        Fasta.write(records, out);
                    }
                });
        Path structures = Files.createDirectories(folder.file(RunFolder.STRUCTURES));
        for (List<DesignRow> best : best(designs)) {
            writeStructures(best, structures);
        }
    }

    private Fasta.Record record(DesignRow row, SamplingJob job) {
        String referee =
                Double.isNaN(row.referee())
                        ? ""
                        : String.format(Locale.ROOT, ", referee=%.4f", row.referee());
        String header =
                name(row)
                        + ", "
                        + DesignHeader.of(
                                job.backbone().letterTemperature(),
                                folding.number(row.sampleId()) + 1,
                                row.columns().get(ProteinModel.SCORE),
                                row.columns().get(ProteinModel.RECOVERY))
                        + String.format(Locale.ROOT, ", reward=%.4f", row.reward())
                        + referee
                        + chains(folding.backbone(row.sampleId()))
                        + ", method="
                        + JobYaml.label(job.method())
                        + ", seed="
                        + job.seed();
        return Fasta.Record.of(header, row.design());
    }

    /** The lengths of the chains, whose sequences follow each other; nothing for a single one. */
    private static String chains(Backbone backbone) {
        Map<String, Long> lengths =
                backbone.residues().stream()
                        .collect(
                                Collectors.groupingBy(
                                        Residue::chain, LinkedHashMap::new, Collectors.counting()));
        return lengths.size() == 1
                ? ""
                : lengths.entrySet().stream()
                        .map(chain -> chain.getKey() + ":" + chain.getValue())
                        .collect(Collectors.joining("/", ", chains=", ""));
    }

    /** The name of a design: its backbone, and its number among the designs for it, from 1. */
    private String name(DesignRow row) {
        Backbone backbone = folding.backbone(row.sampleId());
        return backbone.name() + "_" + (folding.number(row.sampleId()) + 1);
    }

    private static List<List<DesignRow>> best(List<DesignRow> designs) {
        Map<Double, List<DesignRow>> byBackbone = new LinkedHashMap<>();
        for (DesignRow row : designs) {
            byBackbone
                    .computeIfAbsent(row.columns().get(DesignRow.BACKBONE), b -> new ArrayList<>())
                    .add(row);
        }
        return byBackbone.values().stream()
                .map(
                        rows ->
                                rows.stream()
                                        .sorted(
                                                Comparator.comparingDouble(DesignRow::reward)
                                                        .reversed())
                                        .limit(BEST)
                                        .toList())
                .toList();
    }

    private void writeStructures(List<DesignRow> rows, Path folder) throws IOException {
        long[] ids = rows.stream().mapToLong(DesignRow::sampleId).toArray();
        List<String> designs = rows.stream().map(DesignRow::design).toList();
        List<double[]> logs;
        try (NDManager scope = model.devices().newSubManager()) {
            State x0 = model.state(designs, ids, scope);
            logs = model.confidence(x0);
        }
        for (int i = 0; i < rows.size(); i++) {
            double[] factors = logs.get(i).clone();
            for (int residue = 0; residue < factors.length; residue++) {
                factors[residue] = 100 * StrictMath.exp(factors[residue]);
            }
            StructureFile.write(
                    folder.resolve(name(rows.get(i)) + ".pdb"),
                    folding.backbone(ids[i]),
                    designs.get(i),
                    factors);
        }
    }
}
