package dev.tiller.rewards.molecule.docking;

import dev.tiller.rewards.cache.NoEffectOnScores;
import dev.tiller.rewards.external.OnFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Where and how to dock.
 *
 * @param receptor the rigid receptor, a PDBQT file
 * @param center the centre of the box, x, y and z in angstrom
 * @param size the sides of the box in angstrom
 * @param exhaustiveness how thoroughly Vina searches
 * @param seed the seed of Vina's search, so that scores can be repeated
 * @param workers the most ligands that are docked at a time, each on one processor
 * @param timeoutSeconds how long one program may take for one ligand
 * @param onFailure what becomes of a molecule that cannot be docked: {@code score} gives it {@code
 *     invalid} and warns, {@code fail} ends the call
 * @param invalid the score of a design that is no molecule or cannot be docked
 * @param vina the program AutoDock Vina
 * @param obabel the program Open Babel
 */
public record DockingOptions(
        Path receptor,
        List<Double> center,
        List<Double> size,
        int exhaustiveness,
        int seed,
        @NoEffectOnScores int workers,
        @NoEffectOnScores double timeoutSeconds,
        @NoEffectOnScores OnFailure onFailure,
        double invalid,
        String vina,
        String obabel) {

    /** Checks all but the receptor and the box, which the reward checks. */
    public DockingOptions {
        center = List.copyOf(center);
        size = List.copyOf(size);
        Objects.requireNonNull(onFailure, "onFailure");
        Objects.requireNonNull(vina, "vina");
        Objects.requireNonNull(obabel, "obabel");
        if (exhaustiveness < 1 || workers < 1) {
            throw new IllegalArgumentException(
                    "exhaustiveness and workers must be at least 1, got "
                            + exhaustiveness
                            + " and "
                            + workers);
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
     * @return no receptor and no box; exhaustiveness 8, one worker, five minutes a program, -100
     *     for what cannot be docked
     */
    public static DockingOptions defaults() {
        return new DockingOptions(
                null, List.of(), List.of(), 8, 1, 1, 300, OnFailure.SCORE, -100, "vina", "obabel");
    }
}
