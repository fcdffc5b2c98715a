package dev.tiller.rewards.protein;

import java.util.Locale;

/** The headers of designed proteins in FASTA files, as ProteinMPNN writes them. */
public final class DesignHeader {
    private DesignHeader() {}

    /**
     * Describes a design.
     *
     * @param temperature the temperature of sampling
     * @param sample the number of the design, from 1
     * @param score the mean negative log-probability of its letters in nats; lower is likelier
     * @param recovery the share of letters equal to those of the structure
     * @return such as {@code T=0.1, sample=1, score=0.7291, seq_recovery=0.5736}
     */
    public static String of(double temperature, long sample, double score, double recovery) {
        return "T="
                + temperature
                + ", sample="
                + sample
                + String.format(Locale.ROOT, ", score=%.4f, seq_recovery=%.4f", score, recovery);
    }
}
