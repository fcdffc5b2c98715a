package dev.tiller.zoo;

import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Residue;
import java.util.ArrayList;
import java.util.List;

/** Ideal alpha helices: backbones of any length, the amino acids in turn. */
public final class Helices {
    private static final double DEGREES_PER_RESIDUE = 100;
    private static final double RISE = 1.5;
    private static final double APART = 9.5;
    private static final int AXES = 3;

    /** Radius in angstrom, angle in degrees and height in angstrom of N, CA, C and O. */
    private static final double[][] ATOMS = {
        {1.55, -27.5, -0.87}, {2.29, 0, 0}, {1.66, 26.7, 1.11}, {2.01, 20.3, 2.32}
    };

    private Helices() {}

    /** One chain of {@code length} residues. */
    public static Backbone of(int length) {
        return pair(length, 0);
    }

    /** Two chains next to each other. */
    public static Backbone pair(int first, int second) {
        List<Residue> residues = new ArrayList<>();
        for (int i = 0; i < first; i++) {
            residues.add(residue("A", i, 0));
        }
        for (int i = 0; i < second; i++) {
            residues.add(residue("B", i, APART));
        }
        return new Backbone("helices of " + first + " and " + second, residues);
    }

    private static Residue residue(String chain, int i, double away) {
        float[] atoms = new float[Residue.COORDINATES];
        for (int atom = 0; atom < ATOMS.length; atom++) {
            double radius = ATOMS[atom][0];
            double angle = StrictMath.toRadians(ATOMS[atom][1] + DEGREES_PER_RESIDUE * i);
            atoms[AXES * atom] = (float) (away + radius * StrictMath.cos(angle));
            atoms[AXES * atom + 1] = (float) (radius * StrictMath.sin(angle));
            atoms[AXES * atom + 2] = (float) (ATOMS[atom][2] + RISE * i);
        }
        String letters = Backbone.AMINO_ACIDS;
        return new Residue(chain, i + 1, ' ', letters.charAt(i % letters.length()), atoms);
    }
}
