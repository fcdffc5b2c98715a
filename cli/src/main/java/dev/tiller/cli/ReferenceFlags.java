package dev.tiller.cli;

import dev.tiller.cli.evaluate.KmerCorrelation;
import dev.tiller.cli.evaluate.Letters;
import dev.tiller.cli.evaluate.MotifCorrelation;
import dev.tiller.cli.evaluate.Novelty;
import dev.tiller.cli.evaluate.Reference;
import dev.tiller.cli.evaluate.ReferenceReader;
import dev.tiller.rewards.sequence.Nucleotides;
import dev.tiller.rewards.sequence.pwm.Cutoff;
import dev.tiller.rewards.sequence.pwm.MotifFile;
import dev.tiller.rewards.sequence.pwm.MotifSites;
import dev.tiller.rewards.sequence.pwm.PwmOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options of an evaluation that say what designs are compared with. */
final class ReferenceFlags {
    /** The p-value of gReLU, with which the published evaluation scans. */
    private static final double MOTIF_LEVEL = 1e-3;

    private static final int KMER = 3;

    @Option(
            names = "--reference",
            paramLabel = "FILE",
            description =
                    "Table (TSV with a header line) or FASTA of sequences, or SMILES (.smi),"
                            + " gzipped or not.")
    private Path reference;

    @Option(
            names = "--reference-sequence-column",
            paramLabel = "NAME",
            description = "Column of the sequences (default: sequence).")
    private String sequenceColumn;

    @Option(
            names = "--reference-label-column",
            paramLabel = "NAME",
            description = "Column of numbers by which the best are taken (default: all are).")
    private String labelColumn;

    @Option(
            names = "--reference-top",
            paramLabel = "SHARE",
            description = "Share of rows that are the best (default: 0.01).")
    private Double top;

    @Option(
            names = "--reference-where",
            paramLabel = "COLUMN=VALUE",
            split = ",",
            description = "Rows that are read (default: all). Repeatable; all must hold.")
    private Map<String, String> where = new LinkedHashMap<>();

    @Option(names = "--kmer", description = "Letters of the words that are counted (default: 3).")
    private Integer kmer;

    @Option(
            names = "--nearest-rows",
            description =
                    "Reference sequences that designs are compared with one by one (default: all,"
                            + " or 1000 if lengths differ).")
    private Integer nearestRows;

    @Option(
            names = "--motifs",
            paramLabel = "FILE",
            description = "Motifs to count, in JASPAR or MEME format (default: none).")
    private Path motifs;

    @Option(
            names = "--motif-cutoff",
            description = "What the level is: p-value, relative or log-odds (default: p-value).")
    private Cutoff motifCutoff;

    @Option(
            names = "--motif-level",
            description = "Level that a site reaches (default: 0.001, a p-value).")
    private Double motifLevel;

    @Option(
            names = "--motif-correlation",
            description =
                    "all (a motif without a site counts 0) or published (only motifs with sites in"
                            + " designs and reference) (default: all).")
    private MotifCorrelation.Over motifCorrelation;

    /** Refuses options that would be ignored. */
    void check() {
        boolean given = reference != null;
        UnusedOptions.refuse("--reference-sequence-column", sequenceColumn, given, "--reference");
        UnusedOptions.refuse("--reference-label-column", labelColumn, given, "--reference");
        UnusedOptions.refuse("--reference-top", top, given, "--reference");
        UnusedOptions.refuse("--reference-where", where, given, "--reference");
        UnusedOptions.refuse("--kmer", kmer, given, "--reference");
        UnusedOptions.refuse("--nearest-rows", nearestRows, given, "--reference");
        UnusedOptions.refuse("--motifs", motifs, given, "--reference");
        boolean scan = motifs != null;
        UnusedOptions.refuse("--motif-cutoff", motifCutoff, scan, "--motifs");
        UnusedOptions.refuse("--motif-level", motifLevel, scan, "--motifs");
        UnusedOptions.refuse("--motif-correlation", motifCorrelation, scan, "--motifs");
        if (motifCutoff != null && motifCutoff != Cutoff.P_VALUE && motifLevel == null) {
            throw new IllegalArgumentException(
                    "--motif-level must be given with --motif-cutoff other than p-value, got none");
        }
    }

    /** Refuses what molecules are not compared by. */
    void refuseSequences() {
        String why = "sets of sequences";
        UnusedOptions.refuse("--reference-sequence-column", sequenceColumn, false, why);
        UnusedOptions.refuse("--reference-label-column", labelColumn, false, why);
        UnusedOptions.refuse("--reference-top", top, false, why);
        UnusedOptions.refuse("--reference-where", where, false, why);
        UnusedOptions.refuse("--kmer", kmer, false, why);
        UnusedOptions.refuse("--nearest-rows", nearestRows, false, why);
        UnusedOptions.refuse("--motifs", motifs, false, why);
    }

    /** Returns the reference, or null for none. */
    Reference read() throws IOException {
        if (reference == null) {
            return null;
        }
        return ReferenceReader.read(
                reference,
                new ReferenceReader.Options(sequenceColumn, labelColumn, top, where),
                motifs == null ? Letters.ANY : Nucleotides.LETTERS);
    }

    Path file() {
        return reference;
    }

    boolean scansMotifs() {
        return motifs != null;
    }

    KmerCorrelation kmers(Reference read) {
        return new KmerCorrelation(read.best(), kmer == null ? KMER : kmer);
    }

    Novelty novelty(Reference read) {
        return new Novelty(read.training(), nearestRows);
    }

    /** Returns the comparison of motifs; to be called where they are to be scanned. */
    MotifCorrelation motifs(Reference read) throws IOException {
        PwmOptions defaults = PwmOptions.defaults();
        PwmOptions options =
                new PwmOptions(
                        motifs,
                        defaults.motifs(),
                        defaults.mode(),
                        defaults.strands(),
                        defaults.pseudocount(),
                        defaults.background(),
                        motifCutoff == null ? Cutoff.P_VALUE : motifCutoff,
                        motifLevel == null ? MOTIF_LEVEL : motifLevel);
        return new MotifCorrelation(
                new MotifSites(MotifFile.read(motifs), options),
                read.best(),
                motifCorrelation == null ? MotifCorrelation.Over.ALL : motifCorrelation);
    }
}
