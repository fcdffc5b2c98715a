package dev.tiller.rewards.protein.fold;

import dev.tiller.rewards.cache.NoEffectOnScores;
import dev.tiller.rewards.external.OnFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * How to fold designs, and what to compare them with.
 *
 * @param command the folding program and its arguments. {@code {pdb}} stands for the PDB or mmCIF
 *     file that it has to write, {@code {fasta}} for a file with the sequence, {@code {sequence}}
 *     for the sequence itself; {@code {pdb}} and one of the others must be there
 * @param structure the target of designs that were made for no backbone, a PDB or mmCIF file; null
 *     for none
 * @param selection the chains and residues of the target file, as for {@code StructureFile.read};
 *     null for all
 * @param version any text that changes with the scores of the command, for caches
 * @param workers the most designs that are folded at a time
 * @param timeoutSeconds how long one program may take for one design
 * @param onFailure what becomes of a design that cannot be compared: {@code score} gives it {@code
 *     invalid} and warns, {@code fail} ends the call
 * @param invalid the score of a design that cannot be compared
 * @param tmalign the program TM-align
 */
public record TmAlignOptions(
        List<String> command,
        Path structure,
        String selection,
        String version,
        @NoEffectOnScores int workers,
        @NoEffectOnScores double timeoutSeconds,
        @NoEffectOnScores OnFailure onFailure,
        double invalid,
        String tmalign) {

    /** Checks all but the command and the structure, which the reward checks. */
    public TmAlignOptions {
        command = List.copyOf(command);
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(onFailure, "onFailure");
        Objects.requireNonNull(tmalign, "tmalign");
        if (workers < 1) {
            throw new IllegalArgumentException("workers must be at least 1, got " + workers);
        }
        if (!(timeoutSeconds > 0 && timeoutSeconds <= 1e6) || !Double.isFinite(invalid)) {
            throw new IllegalArgumentException(
                    "timeoutSeconds must be in (0, 1000000] and invalid finite, got "
                            + timeoutSeconds
                            + " and "
                            + invalid);
        }
    }

    /**
     * Returns the options that hold where none are given.
     *
     * @return no command and no structure; one worker, ten minutes a program, 0 for what cannot be
     *     compared
     */
    public static TmAlignOptions defaults() {
        return new TmAlignOptions(List.of(), null, null, "", 1, 600, OnFailure.SCORE, 0, "TMalign");
    }
}
