package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.numerics.Gradients;
import org.junit.jupiter.api.Test;

class LinexIT {
    private static final double DEVIATION = 0.4;
    private static final Linex LINEX = new Linex(0.3);
    // in units of the deviation; u = -error * 0.4 / 0.3, and the tangent begins at -7.5
    private static final double[] ERRORS = {-40, -8, -7.4, -2, -0.3, 0, 0.01, 0.5, 3, 60};

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /** By the definition, with the tangent written out. */
    private static double expected(double error) {
        double u = -error * DEVIATION / 0.3;
        double exponential = u < 10 ? Math.exp(u) : Math.exp(10) * (u - 9);
        return 2 * Math.pow(0.3 / DEVIATION, 2) * (exponential - u - 1);
    }

    @Test
    void isItsFormulaOnBothSides() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            for (double error : ERRORS) {
                double value = expected(error);
                assertEquals(value, LINEX.of(error, DEVIATION), 1e-9 * Math.max(1, value));
                NDArray one = manager.create(new float[] {(float) error});
                assertEquals(
                        value,
                        LINEX.mean(one, DEVIATION).toFloatArray()[0],
                        2e-6 * Math.max(1, value));
            }
        }
    }

    /** Central differences of the float64 form, step 1e-5; 2e-4 relative or absolute. */
    @Test
    void theGradientIsThatOfTheFormula() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray errors = manager.create(floats(ERRORS));
            errors.setRequiresGradient(true);
            Gradients.backward(manager, () -> LINEX.mean(errors, DEVIATION));
            float[] gradient = errors.getGradient().toFloatArray();
            for (int i = 0; i < ERRORS.length; i++) {
                double step = 1e-5;
                double above = LINEX.of(ERRORS[i] + step, DEVIATION);
                double below = LINEX.of(ERRORS[i] - step, DEVIATION);
                double slope = (above - below) / (2 * step) / ERRORS.length;
                assertEquals(slope, gradient[i], 2e-4 * Math.max(1, Math.abs(slope)));
            }
        }
    }

    /** A label that is far above the prediction costs much, but nothing overflows. */
    @Test
    void staysFiniteWhereTheExponentialWouldNot() {
        Linex sharp = new Linex(1e-3);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray errors = manager.create(new float[] {-100, 100});
            errors.setRequiresGradient(true);
            double loss = Gradients.backward(manager, () -> sharp.mean(errors, 1));
            assertTrue(loss > 0 && loss < 1e6, "loss " + loss);
            for (float slope : errors.getGradient().toFloatArray()) {
                assertTrue(Math.abs(slope) < 100, "slope " + slope);
            }
        }
    }

    @Test
    void tendsToLeastSquaresAsTheTemperatureGrows() {
        for (double error : new double[] {-2, -0.1, 0.5, 3}) {
            double squared = RegressionLoss.LEAST_SQUARES.of(error, DEVIATION);
            assertEquals(squared, new Linex(1e4).of(error, DEVIATION), 1e-3 * squared);
        }
    }

    @Test
    void refusesTemperaturesThatAreNone() {
        for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertEquals(
                    "temperature must be above 0 and finite, got " + bad,
                    assertThrows(IllegalArgumentException.class, () -> new Linex(bad))
                            .getMessage());
        }
    }
}
