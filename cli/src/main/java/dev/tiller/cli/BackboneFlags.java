package dev.tiller.cli;

import dev.tiller.cli.run.BackboneSampling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** What proteins are designed for, on the command line. */
final class BackboneFlags {
    @Option(
            names = "--structures",
            paramLabel = "FILE",
            split = ",",
            description =
                    "PDB or mmCIF files of the backbones to design for, in turn; helix-bundle is a"
                            + " small one that ships (default: helix-bundle). Repeatable.")
    private List<String> structures;

    @Option(
            names = "--residues",
            paramLabel = "A1-60,B",
            description = "Part of each structure that is looked at (default: all).")
    private String residues;

    @Option(
            names = "--fixed",
            paramLabel = "A1-10,B",
            description = "Residues that keep their amino acid (default: none).")
    private String fixed;

    @Option(
            names = "--excluded-letters",
            paramLabel = "C",
            description = "Amino acids that are not used where the letter is free (default: none).")
    private String excludedLetters;

    @Option(
            names = "--tied-chains",
            paramLabel = "A,B",
            description = "Chains that get the same sequence; groups are separated by semicolons.")
    private String tiedChains;

    @Option(
            names = "--letter-bias",
            paramLabel = "LETTER=NUMBER",
            description = "Number added to log p of an amino acid, in nats. Repeatable.")
    private Map<String, Double> letterBias = new LinkedHashMap<>();

    @Option(
            names = "--bias-file",
            paramLabel = "FILE",
            description = "Lines of residue, letter and number added there, as 'A52 W -0.5'.")
    private String biasFile;

    @Option(
            names = "--letter-temperature",
            description =
                    "Number that log p of the letters is divided by; lower is closer to the most"
                            + " likely sequence (default: 0.1).")
    private Double letterTemperature;

    /** Returns what was said. */
    BackboneSampling given() {
        return new BackboneSampling(
                structures,
                residues,
                fixed,
                excludedLetters,
                tiedChains,
                letterBias,
                biasFile,
                letterTemperature);
    }
}
