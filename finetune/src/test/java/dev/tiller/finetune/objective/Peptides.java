package dev.tiller.finetune.objective;

import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Residue;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.zoo.architecture.ProteinMpnn;
import java.util.ArrayList;
import java.util.List;

/** Small proteins whose letters follow from their backbones, and a small network. */
public final class Peptides {
    private Peptides() {}

    /**
     * Returns a chain that alternates between helix and strand at random; residues of helices are
     * L, those of strands G.
     *
     * @param seed which one
     * @param length its residues
     * @return the chain
     */
    public static Backbone peptide(long seed, int length) {
        double[] uniforms = new double[length];
        new Philox(5).fill(seed, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        List<Residue> residues = new ArrayList<>();
        double height = 0;
        boolean helix = true;
        for (int i = 0; i < length; i++) {
            helix = i % 4 == 0 ? uniforms[i] < 0.5 : helix;
            height += helix ? 1.5 : 3.3;
            float[] atoms = new float[Residue.COORDINATES];
            for (int atom = 0; atom < 4; atom++) {
                double angle = Math.toRadians(helix ? 100 * i + 25 * atom : 180 * i + 10 * atom);
                double radius = helix ? 2.3 : 1;
                atoms[3 * atom] = (float) (radius * Math.cos(angle));
                atoms[3 * atom + 1] = (float) (radius * Math.sin(angle));
                atoms[3 * atom + 2] = (float) (height + 0.4 * atom);
            }
            char letter = helix ? 'L' : 'G';
            residues.add(new Residue("A", i + 1, ' ', letter, atoms));
        }
        return new Backbone("peptide-" + seed, residues);
    }

    /** Peptides of several lengths. */
    static List<Backbone> peptides(int first, int count) {
        List<Backbone> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(peptide(first + i, 8 + (first + i) % 5));
        }
        return all;
    }

    /** A network with dropout. */
    static ProteinMpnn network(ProteinMpnn.Head head, double dropout) {
        return new ProteinMpnn(new ProteinMpnn.Config(8, 1, 2, 4, 22, dropout, 0, head, false));
    }
}
