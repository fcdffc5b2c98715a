package dev.tiller.cli.evaluate;

import dev.tiller.cli.run.AtomicFiles;
import dev.tiller.cli.run.RewardPlot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of an evaluation. Each appears whole or not at all, all of them after everything is
 * computed; those of an evaluation before are replaced or removed.
 */
public final class EvaluationFiles {
    private static final String CSV = "evaluation.csv";
    private static final String MARKDOWN = "evaluation.md";
    private static final String SCORES = "evaluation.png";
    private static final String KMERS = "evaluation-kmers.png";

    private final Path folder;

    /**
     * Names the folder; nothing is written yet.
     *
     * @param folder where the files go
     * @throws IllegalArgumentException if it is a file
     */
    public EvaluationFiles(Path folder) {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IllegalArgumentException("--out must be a folder, got the file " + folder);
        }
        this.folder = folder;
    }

    /**
     * Writes all files.
     *
     * @param table the evaluation
     * @param text the table for people
     * @param judge what the scores are that are drawn, or null without a reward
     * @param kmers words to draw, or null without a reference
     * @return the files, in the order they were written
     * @throws IOException if one cannot be written
     */
    public List<Path> write(EvaluationTable table, String text, String judge, KmerCorrelation kmers)
            throws IOException {
        byte[] scores = judge == null ? null : scores(table, judge);
        byte[] words =
                kmers == null
                        ? null
                        : KmerPlot.draw(
                                kmers, table.rows().stream().map(EvaluatedSet::set).toList());
        Files.createDirectories(folder);
        List<Path> written = new ArrayList<>();
        write(SCORES, scores, written);
        write(KMERS, words, written);
        AtomicFiles.write(folder.resolve(MARKDOWN), text);
        written.add(folder.resolve(MARKDOWN));
        AtomicFiles.write(folder.resolve(CSV), table.csv());
        written.add(folder.resolve(CSV));
        return written;
    }

    private void write(String name, byte[] bytes, List<Path> written) throws IOException {
        Path file = folder.resolve(name);
        if (bytes == null) {
            Files.deleteIfExists(file);
            return;
        }
        AtomicFiles.write(file, bytes);
        written.add(file);
    }

    private static byte[] scores(EvaluationTable table, String judge) throws IOException {
        Map<String, List<Double>> boxes = new LinkedHashMap<>();
        for (EvaluatedSet row : table.rows()) {
            List<Double> box = boxes.computeIfAbsent(row.set().label(), label -> new ArrayList<>());
            for (double score : row.judged()) {
                box.add(score);
            }
        }
        return RewardPlot.draw(boxes, "Scores of " + judge + ", by set", judge);
    }
}
