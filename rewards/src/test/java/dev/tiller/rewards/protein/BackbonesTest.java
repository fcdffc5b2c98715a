package dev.tiller.rewards.protein;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BackbonesTest {
    private static final double[] HELIX = {-62, -43};
    private static final int TURNS = 18;
    private static final double[][] FIRST_LOOP = {{64, 30}, {-129, 167}, {-43, -61}, {51, 50}};
    private static final double[][] SECOND_LOOP = {{67, 30}, {-118, 143}, {-70, -51}};
    private static final String SEQUENCE =
            "SPELAKALEELIKKLRKNGNDGDELVKKLEKALEKILRKSGNDEALEAIRKLLKELAKELK";

    /** The recipe of the example: its torsion angles. */
    static Backbone recipe() {
        List<double[]> torsions = new ArrayList<>();
        for (double[][] loop : new double[][][] {FIRST_LOOP, SECOND_LOOP, {}}) {
            for (int i = 0; i < TURNS; i++) {
                torsions.add(HELIX);
            }
            torsions.addAll(List.of(loop));
        }
        return IdealBackbone.of(torsions.toArray(double[][]::new), SEQUENCE);
    }

    @Test
    void exampleComesFromItsRecipe() {
        Backbone example = Backbones.example();
        assertEquals("helix-bundle (61 residues)", example.toString());
        assertEquals(SEQUENCE, example.sequence());
        assertArrayEquals(recipe().coordinates(), example.coordinates(), 0.0011f);
        assertEquals("A1", example.residues().get(0).label());
    }

    @Test
    void exampleHasNoClashesAndPacksItsHelices() {
        Backbone example = Backbones.example();
        double nearest = Double.MAX_VALUE;
        for (int i = 0; i < example.length(); i++) {
            for (int j = i + 3; j < example.length(); j++) {
                nearest = Math.min(nearest, distance(example, i, j));
            }
        }
        assertTrue(nearest > 4.4, "nearest CA " + nearest);
        double[][] centres = {centre(example, 0), centre(example, 22), centre(example, 43)};
        for (int a = 0; a < centres.length; a++) {
            double apart = length(centres[a], centres[(a + 1) % centres.length]);
            assertTrue(apart > 9 && apart < 11, "helices " + apart + " apart");
        }
    }

    private static double[] centre(Backbone backbone, int first) {
        double[] centre = new double[3];
        for (int i = first; i < first + TURNS; i++) {
            double[] position = position(backbone, i);
            for (int k = 0; k < 3; k++) {
                centre[k] += position[k] / TURNS;
            }
        }
        return centre;
    }

    private static double distance(Backbone backbone, int i, int j) {
        return length(position(backbone, i), position(backbone, j));
    }

    private static double[] position(Backbone backbone, int i) {
        float[] atoms = backbone.residues().get(i).atoms();
        return new double[] {atoms[3], atoms[4], atoms[5]};
    }

    private static double length(double[] a, double[] b) {
        double square = 0;
        for (int k = 0; k < 3; k++) {
            square += (a[k] - b[k]) * (a[k] - b[k]);
        }
        return Math.sqrt(square);
    }
}
