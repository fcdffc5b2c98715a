package dev.tiller.cli.run;

import dev.tiller.rewards.protein.Backbones;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What proteins are designed for; null where a setting is not used.
 *
 * @param structures PDB or mmCIF files of the backbones, or {@link #EXAMPLE}; designs are made for
 *     them in turn
 * @param residues the part of each structure that is looked at, as {@code A1-60,B}; null for all
 * @param fixed residues that keep the letter of the structure, null for none
 * @param excludedLetters amino acids that no design may hold where the letter is free
 * @param tiedChains chains that must have the same sequence, as {@code A,B}; several groups are
 *     separated by semicolons
 * @param letterBias what is added to log p of an amino acid everywhere, by letter
 * @param biasFile what is added at single residues: lines of residue, letter and number
 * @param letterTemperature what log p of the letters is divided by
 */
public record BackboneSampling(
        List<String> structures,
        String residues,
        String fixed,
        String excludedLetters,
        String tiedChains,
        Map<String, Double> letterBias,
        String biasFile,
        Double letterTemperature) {
    /** The backbone that ships with the program. */
    public static final String EXAMPLE = Backbones.EXAMPLE;

    /** No settings. */
    public static final BackboneSampling NONE = Settings.create(BackboneSampling.class, Map.of());

    /** The temperature of ProteinMPNN and of DRAKES. */
    private static final double TEMPERATURE = 0.1;

    /** Checks what is there, in the words of the command line. */
    public BackboneSampling {
        structures = structures == null || structures.isEmpty() ? null : List.copyOf(structures);
        letterBias = letterBias == null || letterBias.isEmpty() ? null : Map.copyOf(letterBias);
        if (letterTemperature != null
                && !(letterTemperature > 0 && Double.isFinite(letterTemperature))) {
            throw new IllegalArgumentException(
                    "--letter-temperature must be above 0 and finite, got " + letterTemperature);
        }
    }

    /**
     * Completes settings.
     *
     * @param given what this call says
     * @param before what the job before said, used where this call says nothing
     * @return settings in which all that is used is set
     */
    public static BackboneSampling resolve(BackboneSampling given, BackboneSampling before) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("structures", List.of(EXAMPLE));
        settings.put("letterTemperature", TEMPERATURE);
        settings.putAll(Settings.of(before));
        settings.putAll(Settings.of(given));
        return Settings.create(BackboneSampling.class, settings);
    }
}
