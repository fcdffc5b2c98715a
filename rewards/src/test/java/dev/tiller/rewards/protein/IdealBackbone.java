package dev.tiller.rewards.protein;

import java.util.ArrayList;
import java.util.List;

/**
 * Builds a backbone from its torsion angles, atom by atom (natural extension reference frame,
 * Parsons et al., Journal of Computational Chemistry 26, 2005), with the bond lengths and angles of
 * Engh and Huber 1991 and flat peptide bonds.
 */
final class IdealBackbone {
    private static final double N_CA = 1.458;
    private static final double CA_C = 1.525;
    private static final double C_N = 1.329;
    private static final double C_O = 1.231;
    private static final double N_CA_C = 111.0;
    private static final double CA_C_N = 117.2;
    private static final double C_N_CA = 121.7;
    private static final double CA_C_O = 120.1;
    private static final double TRANS = 180;

    private IdealBackbone() {}

    /**
     * Places the atoms; the mean of all CA is the origin.
     *
     * @param torsions phi and psi of each residue in degrees
     * @param sequence its letters
     * @return chain A, numbered from 1, rounded to thousandths of an angstrom as in a file
     */
    static Backbone of(double[][] torsions, String sequence) {
        int length = torsions.length;
        double[][][] atoms = new double[length][4][];
        double angle = StrictMath.toRadians(N_CA_C);
        atoms[0][0] = new double[3];
        atoms[0][1] = new double[] {N_CA, 0, 0};
        atoms[0][2] =
                new double[] {N_CA - CA_C * StrictMath.cos(angle), CA_C * StrictMath.sin(angle), 0};
        for (int i = 1; i < length; i++) {
            double[][] before = atoms[i - 1];
            double[][] here = atoms[i];
            double psi = torsions[i - 1][1];
            here[0] = place(before[0], before[1], before[2], new double[] {C_N, CA_C_N, psi});
            here[1] = place(before[1], before[2], here[0], new double[] {N_CA, C_N_CA, TRANS});
            here[2] =
                    place(before[2], here[0], here[1], new double[] {CA_C, N_CA_C, torsions[i][0]});
        }
        for (int i = 0; i < length; i++) {
            double[] bond = {C_O, CA_C_O, torsions[i][1] + TRANS};
            atoms[i][3] = place(atoms[i][0], atoms[i][1], atoms[i][2], bond);
        }
        return backbone(atoms, sequence);
    }

    /** The atom bound to c, at a length and an angle to b, and a torsion about b and c to a. */
    private static double[] place(double[] a, double[] b, double[] c, double[] bond) {
        double angle = StrictMath.toRadians(bond[1]);
        double torsion = StrictMath.toRadians(bond[2]);
        double[] along = unit(minus(c, b));
        double[] normal = unit(cross(minus(b, a), along));
        double[] across = cross(normal, along);
        double[] atom = new double[3];
        for (int k = 0; k < 3; k++) {
            atom[k] =
                    c[k]
                            + bond[0]
                                    * (-StrictMath.cos(angle) * along[k]
                                            + StrictMath.sin(angle)
                                                    * (StrictMath.cos(torsion) * across[k]
                                                            + StrictMath.sin(torsion) * normal[k]));
        }
        return atom;
    }

    private static Backbone backbone(double[][][] atoms, String sequence) {
        List<Residue> residues = new ArrayList<>();
        for (int i = 0; i < atoms.length; i++) {
            float[] coordinates = new float[Residue.COORDINATES];
            for (int k = 0; k < coordinates.length; k++) {
                double mean = 0;
                for (double[][] residue : atoms) {
                    mean += residue[1][k % 3] / atoms.length;
                }
                double coordinate = atoms[i][k / 3][k % 3] - mean;
                coordinates[k] = (float) (StrictMath.rint(1000 * coordinate) / 1000);
            }
            residues.add(new Residue("A", i + 1, ' ', sequence.charAt(i), coordinates));
        }
        return new Backbone(Backbones.EXAMPLE, residues);
    }

    private static double[] minus(double[] a, double[] b) {
        return new double[] {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
    }

    private static double[] cross(double[] a, double[] b) {
        return new double[] {
            a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
        };
    }

    private static double[] unit(double[] a) {
        double length = StrictMath.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
        return new double[] {a[0] / length, a[1] / length, a[2] / length};
    }
}
