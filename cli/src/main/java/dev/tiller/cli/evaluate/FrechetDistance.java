package dev.tiller.cli.evaluate;

import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.stat.correlation.Covariance;

/**
 * The Fréchet distance between two samples, each taken for a Gaussian: |m1 - m2|^2 + tr(S1 + S2 - 2
 * (S1 S2)^(1/2)) with means m and covariances S (Dowson and Landau 1982).
 */
final class FrechetDistance {
    private FrechetDistance() {}

    /**
     * Returns the squared distance, as it is usually quoted.
     *
     * @param one rows of numbers, at least two rows
     * @param other rows of as many numbers, at least two rows
     */
    static double between(double[][] one, double[][] other) {
        RealMatrix first = new Covariance(one).getCovarianceMatrix();
        RealMatrix second = new Covariance(other).getCovarianceMatrix();
        // tr (S1 S2)^(1/2) is that of the symmetric matrix S1^(1/2) S2 S1^(1/2)
        RealMatrix root = root(first);
        RealMatrix product = root.multiply(second).multiply(root);
        double cross = 0;
        for (double value : new EigenDecomposition(symmetric(product)).getRealEigenvalues()) {
            cross += Math.sqrt(Math.max(value, 0));
        }
        double shift = 0;
        for (int column = 0; column < one[0].length; column++) {
            double gap = mean(one, column) - mean(other, column);
            shift += gap * gap;
        }
        return shift + first.getTrace() + second.getTrace() - 2 * cross;
    }

    private static double mean(double[][] rows, int column) {
        double sum = 0;
        for (double[] row : rows) {
            sum += row[column];
        }
        return sum / rows.length;
    }

    private static RealMatrix root(RealMatrix matrix) {
        EigenDecomposition parts = new EigenDecomposition(symmetric(matrix));
        RealMatrix root = matrix.createMatrix(matrix.getRowDimension(), matrix.getRowDimension());
        for (int i = 0; i < matrix.getRowDimension(); i++) {
            RealVector axis = parts.getEigenvector(i);
            double scale = Math.sqrt(Math.max(parts.getRealEigenvalue(i), 0));
            root = root.add(axis.outerProduct(axis).scalarMultiply(scale));
        }
        return root;
    }

    /** Rounding leaves a product of symmetric matrices a little lopsided. */
    private static RealMatrix symmetric(RealMatrix matrix) {
        return matrix.add(matrix.transpose()).scalarMultiply(0.5);
    }
}
