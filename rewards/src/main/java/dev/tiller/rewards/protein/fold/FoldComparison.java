package dev.tiller.rewards.protein.fold;

import dev.tiller.rewards.external.ExternalProgram;
import dev.tiller.rewards.external.ProgramFailure;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Residue;
import dev.tiller.rewards.protein.StructureFile;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Folds one design and aligns its structure with the target. */
final class FoldComparison {
    private static final Pattern SCORE =
            Pattern.compile("TM-score=\\s*([0-9.]+) \\(if normalized by length of Chain_2");
    private static final Pattern RMSD = Pattern.compile("RMSD=\\s*([0-9.]+)");
    private static final String CHAIN_BREAK = ":";

    private final TmAlignOptions options;

    FoldComparison(TmAlignOptions options) {
        this.options = options;
    }

    /**
     * What TM-align says.
     *
     * @param score the TM-score, normalised by the length of the target, in (0, 1]
     * @param rmsd the root mean square deviation of the aligned residues in angstrom
     */
    record Alignment(double score, double rmsd) {}

    Alignment compare(String design, Backbone target) throws FoldFailure, InterruptedException {
        try {
            Path folder = Files.createTempDirectory("tiller-fold");
            try {
                write(folder.resolve("model.pdb"), fold(design, target, folder));
                write(folder.resolve("target.pdb"), target);
                return align(folder);
            } finally {
                ExternalProgram.deleteFolder(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("folding must have a folder for its files: " + e, e);
        }
    }

    private Backbone fold(String design, Backbone target, Path folder)
            throws FoldFailure, IOException, InterruptedException {
        String sequence = chains(design, target);
        Path fasta = folder.resolve("design.fasta");
        Path pdb = folder.resolve("fold.pdb");
        Path log = folder.resolve("fold.log");
        Files.writeString(fasta, ">design\n" + sequence + "\n", StandardCharsets.US_ASCII);
        List<String> command =
                options.command().stream()
                        .map(word -> word.replace("{sequence}", sequence))
                        .map(word -> word.replace("{fasta}", fasta.toString()))
                        .map(word -> word.replace("{pdb}", pdb.toString()))
                        .toList();
        run(FoldStep.FOLDING, command, null, log);
        if (!Files.exists(pdb)) {
            throw new FoldFailure(
                    FoldStep.FOLDING, "no structure was written" + ExternalProgram.lastLine(log));
        }
        try {
            return StructureFile.read(pdb, null).backbone();
        } catch (IllegalArgumentException e) {
            throw new FoldFailure(
                    FoldStep.FOLDING, e.getMessage().replace(folder + File.separator, ""));
        }
    }

    /** A design for several chains has a colon between them, as folding programs want it. */
    private static String chains(String design, Backbone target) {
        if (design.length() != target.length()) {
            return design;
        }
        int[] chains = target.chains();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < chains.length; i++) {
            text.append(i > 0 && chains[i] != chains[i - 1] ? CHAIN_BREAK : "");
            text.append(design.charAt(i));
        }
        return text.toString();
    }

    /** TM-align reads one chain, so all are written as one. */
    private static void write(Path file, Backbone backbone) throws IOException {
        List<Residue> residues = new ArrayList<>();
        for (Residue residue : backbone.residues()) {
            int number = residues.size() + 1;
            residues.add(new Residue("A", number, ' ', residue.letter(), residue.atoms()));
        }
        Backbone chain = new Backbone(backbone.name(), residues);
        StructureFile.write(file, chain, chain.sequence(), new double[chain.length()]);
    }

    private Alignment align(Path folder) throws FoldFailure, IOException, InterruptedException {
        Path log = folder.resolve("align.log");
        run(FoldStep.ALIGNMENT, List.of(options.tmalign(), "model.pdb", "target.pdb"), folder, log);
        String text = Files.readString(log, StandardCharsets.ISO_8859_1);
        Matcher score = SCORE.matcher(text);
        Matcher rmsd = RMSD.matcher(text);
        if (!score.find() || !rmsd.find()) {
            throw new FoldFailure(
                    FoldStep.ALIGNMENT, "no TM-score was written" + ExternalProgram.lastLine(log));
        }
        return new Alignment(Double.parseDouble(score.group(1)), Double.parseDouble(rmsd.group(1)));
    }

    private void run(FoldStep step, List<String> command, Path folder, Path log)
            throws FoldFailure, IOException, InterruptedException {
        try {
            ExternalProgram.run(command, folder, log, options.timeoutSeconds());
        } catch (ProgramFailure e) {
            throw new FoldFailure(step, e.getMessage());
        }
    }
}
