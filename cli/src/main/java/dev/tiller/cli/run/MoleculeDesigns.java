package dev.tiller.cli.run;

import dev.tiller.rewards.molecule.drawing.MoleculeFiles;
import dev.tiller.rewards.molecule.drawing.MoleculeFiles.Entry;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Molecules in the formats of chemistry: {@code designs.smi} (SMILES and sample id, a line each),
 * {@code designs.sdf} with the scores as properties, and {@code designs.svg}, drawings of the best.
 * Designs without atoms are in {@code designs.arrow} alone.
 */
final class MoleculeDesigns {
    private static final int DRAWN = 60;
    private static final int COLUMNS = 6;

    private MoleculeDesigns() {}

    static void write(RunFolder folder, List<DesignRow> designs, SamplingJob job)
            throws IOException {
        List<DesignRow> molecules =
                designs.stream().filter(row -> !row.design().isEmpty()).toList();
        AtomicFiles.write(
                folder.file(RunFolder.SMILES),
                file -> {
                    try (BufferedWriter out = Files.newBufferedWriter(file)) {
                        for (DesignRow row : molecules) {
                            out.write(row.design() + "\t" + row.sampleId() + "\n");
                        }
                    }
                });
        AtomicFiles.write(
                folder.file(RunFolder.SDF),
                file -> {
                    try (BufferedWriter out = Files.newBufferedWriter(file)) {
                        MoleculeFiles.writeSdf(
                                molecules.stream().map(row -> withScores(row, job)).toList(), out);
                    }
                });
        List<Entry> best =
                molecules.stream()
                        .sorted(Comparator.comparingDouble(DesignRow::reward).reversed())
                        .limit(DRAWN)
                        .map(MoleculeDesigns::captioned)
                        .toList();
        if (!best.isEmpty()) {
            AtomicFiles.write(
                    folder.file(RunFolder.SVG),
                    file -> {
                        try (BufferedWriter out = Files.newBufferedWriter(file)) {
                            MoleculeFiles.writeSvg(best, Math.min(COLUMNS, best.size()), out);
                        }
                    });
        }
    }

    private static Entry withScores(DesignRow row, SamplingJob job) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("sample_id", Long.toString(row.sampleId()));
        properties.put("smiles", row.design());
        properties.put("reward", Double.toString(row.reward()));
        properties.put("reward_name", job.rewardName());
        if (!Double.isNaN(row.referee())) {
            properties.put("referee", Double.toString(row.referee()));
        }
        row.columns()
                .forEach(
                        (name, value) -> {
                            if (!Double.isNaN(value)) {
                                properties.put(name, Double.toString(value));
                            }
                        });
        return new Entry(row.design(), Long.toString(row.sampleId()), properties);
    }

    private static Entry captioned(DesignRow row) {
        String caption = String.format(Locale.ROOT, "%d: %.3f", row.sampleId(), row.reward());
        return new Entry(row.design(), caption, Map.of());
    }
}
