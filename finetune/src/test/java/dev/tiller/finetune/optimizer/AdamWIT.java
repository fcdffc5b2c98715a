package dev.tiller.finetune.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdamWIT {
    private static final AdamW.Options OPTIONS = new AdamW.Options(0.9, 0.99, 1e-8, 0.1);
    private static final double[] START = {1.5, -0.5, 2.0, 0.0, -1.25, 3.0};

    /** Gradients of one step; the first is so small that epsilon counts. */
    private static double[] gradient(int step) {
        double sign = step % 2 == 0 ? 1 : -0.5;
        return new double[] {1e-6, sign * 1e-3, 0.25 * (step + 1), -2.0 * sign, 0.0, 1e3};
    }

    /** AdamW or Adam in float64, from the formulas of the papers. */
    private static final class Reference {
        private final double[] values = START.clone();
        private final double[] first = new double[START.length];
        private final double[] second = new double[START.length];
        private int steps;

        void step(double[] gradient, double learningRate, AdamW.Options options) {
            steps++;
            for (int i = 0; i < values.length; i++) {
                double g = gradient[i];
                if (options.decay() == AdamW.Decay.DECOUPLED) {
                    values[i] -= learningRate * options.weightDecay() * values[i];
                } else {
                    g += options.weightDecay() * values[i];
                }
                first[i] = options.beta1() * first[i] + (1 - options.beta1()) * g;
                second[i] = options.beta2() * second[i] + (1 - options.beta2()) * g * g;
                double m = first[i] / (1 - Math.pow(options.beta1(), steps));
                double v = second[i] / (1 - Math.pow(options.beta2(), steps));
                values[i] -= learningRate * m / (Math.sqrt(v) + options.epsilon());
            }
        }
    }

    private static NDArray array(NDManager manager, double[] values) {
        float[] elements = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            elements[i] = (float) values[i];
        }
        return manager.create(elements, new Shape(2, values.length / 2));
    }

    private static double[] doubles(NDArray array) {
        float[] elements = array.toFloatArray();
        double[] values = new double[elements.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = elements[i];
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource
    void equalsTheFormulaInDoublePrecision(AdamW.Decay decay) {
        AdamW.Options options = new AdamW.Options(0.9, 0.99, 1e-8, 0.1, decay);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray parameter = array(manager, START);
            parameter.setRequiresGradient(true);
            Reference reference = new Reference();
            try (AdamW optimizer = new AdamW(Map.of("p", parameter), options, manager)) {
                for (int step = 0; step < 5; step++) {
                    double learningRate = 0.01 * (step + 1);
                    NDArray gradient = array(manager, gradient(step));
                    optimizer.step(Map.of("p", gradient), learningRate);
                    reference.step(gradient(step), learningRate, options);
                    assertEquals(array(manager, gradient(step)), gradient); // not changed
                    // float32 of values up to 3
                    assertArrayEquals(reference.values, doubles(parameter), 1e-6);
                }
                assertEquals(5, optimizer.steps());
            }
        }
    }

    /** AdamW would go to 2 (1 - 0.1 * 0.5) + 0.1 = 2.0. */
    @Test
    void adamDividesTheDecayByTheSecondMoment() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray parameter = manager.create(new float[] {2});
            AdamW.Options options =
                    new AdamW.Options(0.9, 0.999, 1e-8, 0.5, AdamW.Decay.IN_GRADIENT);
            try (AdamW optimizer = new AdamW(Map.of("p", parameter), options, manager)) {
                // g = -3 + 0.5 * 2 = -2 and the first step is lr sign(g), whatever the decay
                optimizer.step(Map.of("p", manager.create(new float[] {-3})), 0.1);
                assertEquals(2.1, parameter.getFloat(0), 1e-6);
            }
        }
    }

    /** DJL's own Adam, which leaves epsilon out of the bias correction, gives -0.7597 here. */
    @Test
    void addsEpsilonAfterTheBiasCorrection() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray parameter = manager.zeros(new Shape(1));
            AdamW.Options options = new AdamW.Options(0.9, 0.999, 1e-8, 0);
            try (AdamW optimizer = new AdamW(Map.of("p", parameter), options, manager)) {
                optimizer.step(Map.of("p", manager.create(new float[] {1e-6f})), 1);
                assertEquals(-0.9901, parameter.getFloat(0), 1e-4);
            }
        }
    }

    @Test
    void goesOnFromRestoredState() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray whole = array(manager, START);
            NDArray parts = array(manager, START);
            Map<String, NDArray> saved = new LinkedHashMap<>();
            long steps;
            try (AdamW first = new AdamW(Map.of("p", parts), OPTIONS, manager)) {
                first.step(Map.of("p", array(manager, gradient(0))), 0.1);
                first.step(Map.of("p", array(manager, gradient(1))), 0.1);
                first.state()
                        .forEach(
                                (name, array) -> {
                                    NDArray copy = array.duplicate();
                                    copy.attach(manager); // outlives the optimiser
                                    saved.put(name, copy);
                                });
                steps = first.steps();
            }
            try (AdamW second = new AdamW(Map.of("p", parts), OPTIONS, manager);
                    AdamW all = new AdamW(Map.of("p", whole), OPTIONS, manager)) {
                second.restore(saved, steps);
                second.step(Map.of("p", array(manager, gradient(2))), 0.1);
                for (int step = 0; step < 3; step++) {
                    all.step(Map.of("p", array(manager, gradient(step))), 0.1);
                }
                assertArrayEquals(whole.toFloatArray(), parts.toFloatArray());
                assertEquals(all.steps(), second.steps());
                assertEquals(List.of("m.p", "v.p"), List.copyOf(second.state().keySet()));
                all.state()
                        .forEach(
                                (name, array) ->
                                        assertArrayEquals(
                                                array.toFloatArray(),
                                                second.state().get(name).toFloatArray()));
                // what was restored is a copy
                saved.values().forEach(array -> array.addi(1));
                assertFalse(saved.get("m.p").contentEquals(second.state().get("m.p")));
            }
        }
    }

    @Test
    void leavesNothingBehind() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                NDManager home = manager.newSubManager()) {
            NDArray parameter = array(home, START);
            parameter.setRequiresGradient(true);
            AdamW.Options options =
                    new AdamW.Options(0.9, 0.99, 1e-8, 0.1, AdamW.Decay.IN_GRADIENT);
            try (NDManager scope = manager.newSubManager();
                    AdamW optimizer = new AdamW(Map.of("p", parameter), options, manager)) {
                Map<String, NDArray> gradients = Map.of("p", array(scope, gradient(0)));
                for (int step = 0; step < 3; step++) {
                    optimizer.step(gradients, 0.1);
                }
                assertEquals(1, home.getManagedArrays().size());
                assertEquals(1, scope.getManagedArrays().size());
            }
            assertEquals(1, manager.getManagedArrays().size()); // the parameter
        }
    }
}
