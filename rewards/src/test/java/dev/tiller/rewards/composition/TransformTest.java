package dev.tiller.rewards.composition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TransformTest {
    private static final double LN10 = 2.302585092994046;

    private static List<Transform> all() {
        return List.of(
                new Identity(),
                new Sigmoid(5, 8),
                new ReverseSigmoid(-3, -1, 0.25),
                new DoubleSigmoid(2, 4),
                new DoubleSigmoid(-1, 1, 0.7, 1.3),
                new Step(2, Double.POSITIVE_INFINITY),
                new Step(Double.NEGATIVE_INFINITY, 3),
                new Step(2, 3),
                new Linear(2, 6));
    }

    private static List<Transform> bounded() {
        return all().stream().filter(transform -> !(transform instanceof Identity)).toList();
    }

    @Test
    void sigmoidHasItsValuesByHand() {
        Sigmoid sigmoid = new Sigmoid(5, 8);
        assertEquals(0.5, sigmoid.apply(6.5));
        // at high the exponent is 10 * 0.5 * 1.5 / 3 = 2.5; 10^-2.5 = 0.0031622776601683795
        assertEquals(1 / 1.0031622776601684, sigmoid.apply(8), 1e-15);
        assertEquals(0.0031622776601683795 / 1.0031622776601684, sigmoid.apply(5), 1e-15);
        // slope at the middle: 10 k / (high - low) * ln 10 / 4
        assertEquals(5.0 / 3 * LN10 / 4, sigmoid.derivative(6.5), 1e-14);
        // k = 0.2: the exponent at 7.1 is 2 * 0.6 / 3 = 0.4; 10^-0.4 = 0.3981071705534972
        assertEquals(1 / 1.3981071705534973, new Sigmoid(5, 8, 0.2).apply(7.1), 1e-15);
    }

    @Test
    void reverseSigmoidIsTheRestOfTheSigmoid() {
        for (double x = -20; x < 30; x += 0.37) {
            double rest = 1 - new Sigmoid(5, 8).apply(x);
            assertEquals(rest, new ReverseSigmoid(5, 8).apply(x), 1e-15);
            assertEquals(
                    -new Sigmoid(5, 8).derivative(x),
                    new ReverseSigmoid(5, 8).derivative(x),
                    1e-15);
        }
    }

    @Test
    void doubleSigmoidHasItsValuesByHand() {
        DoubleSigmoid window = new DoubleSigmoid(2, 4);
        // the exponents at 3 are 10 * 1 / 2 = 5 twice
        assertEquals(1 / (1.00001 * 1.00001), window.apply(3), 1e-15);
        assertEquals(0.5, window.apply(2), 1e-9);
        assertEquals(0.5, window.apply(4), 1e-9);
        assertEquals(0, window.derivative(3), 1e-12);
        // the exponents at 1 are -5 and 15
        assertEquals(1e-5 / 1.00001, window.apply(1), 1e-15);
        assertTrue(window.derivative(2) > 0);
        assertTrue(window.derivative(4) < 0);
    }

    @Test
    void stepAndLinearHaveTheirValuesByHand() {
        Step window = new Step(2, 3);
        assertEquals(0, window.apply(Math.nextDown(2.0)));
        assertEquals(1, window.apply(2));
        assertEquals(1, window.apply(3));
        assertEquals(0, window.apply(Math.nextUp(3.0)));
        assertEquals(1, new Step(2, Double.POSITIVE_INFINITY).apply(1e300));
        assertEquals(0, new Step(Double.NEGATIVE_INFINITY, 3).apply(3.5));
        Linear linear = new Linear(2, 6);
        assertEquals(0, linear.apply(1));
        assertEquals(0, linear.apply(2));
        assertEquals(0.25, linear.apply(3));
        assertEquals(1, linear.apply(6));
        assertEquals(1, linear.apply(60));
        assertEquals(0.25, linear.derivative(3));
        assertEquals(0.25, linear.derivative(2));
        assertEquals(0, linear.derivative(1));
        assertEquals(0, linear.derivative(7));
        assertEquals(-7.5, new Identity().apply(-7.5));
        assertEquals(1, new Identity().derivative(-7.5));
    }

    @ParameterizedTest
    @MethodSource("bounded")
    void valuesStayWithinZeroAndOneToTheEndsOfTheScale(Transform transform) {
        double[] ends = {-Double.MAX_VALUE, -1e9, -50, 0, Double.MIN_VALUE, 50, 1e9, 1.7e308};
        for (double x : ends) {
            double value = transform.apply(x);
            assertTrue(value >= 0 && value <= 1, () -> transform + " of " + x + ": " + value);
            if (transform.differentiable()) {
                assertTrue(Double.isFinite(transform.derivative(x)), () -> transform + " " + x);
            }
        }
    }

    @Test
    void limitsAreReached() {
        assertEquals(0, new Sigmoid(5, 8).apply(-1e6));
        assertEquals(1, new Sigmoid(5, 8).apply(1e6));
        assertEquals(1, new ReverseSigmoid(5, 8).apply(-1e6));
        assertEquals(0, new ReverseSigmoid(5, 8).apply(1e6));
        assertEquals(0, new DoubleSigmoid(5, 8).apply(-1e6));
        assertEquals(0, new DoubleSigmoid(5, 8).apply(1e6));
    }

    @Test
    void risesNeverFallAndFallsNeverRise() {
        List<Transform> rising = List.of(new Sigmoid(5, 8), new Linear(2, 6), new Identity());
        for (double x = -20; x < 30; x += 0.01) {
            double next = x + 0.01;
            for (Transform transform : rising) {
                assertTrue(transform.apply(next) >= transform.apply(x), transform::toString);
            }
            Transform falling = new ReverseSigmoid(5, 8);
            assertTrue(falling.apply(next) <= falling.apply(x), falling::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void derivativesAreThoseOfDifferences(Transform transform) {
        if (!transform.differentiable()) {
            assertEquals(
                    "a step has no derivative; use a sigmoid or linear transform for gradients",
                    assertThrows(UnsupportedOperationException.class, () -> transform.derivative(0))
                            .getMessage());
            return;
        }
        double step = 1e-5;
        for (double x = -4.013; x < 12; x += 0.171) {
            double difference = (transform.apply(x + step) - transform.apply(x - step)) / 2 / step;
            double derivative = transform.derivative(x);
            assertEquals(difference, derivative, 1e-6 * Math.max(1, Math.abs(derivative)));
        }
    }

    @Test
    void tailsKeepTheirPrecision() {
        // far above, 1 - T is 10^-30; the derivative is ln 10 * slope * 10^-30
        Sigmoid sigmoid = new Sigmoid(0, 10, 1);
        assertEquals(LN10 * 1e-30, sigmoid.derivative(35), 1e-43);
        assertEquals(LN10 * 1e-30, sigmoid.derivative(-25), 1e-43);
    }

    @ParameterizedTest
    @MethodSource("all")
    void isReadBackFromItsMap(Transform transform) {
        assertEquals(transform, Transform.of(transform.toMap()));
    }

    @Test
    void defaultsAreWrittenOut() {
        Transform sigmoid = Transform.of(Map.of("type", "sigmoid", "low", 5, "high", 8));
        assertEquals(new Sigmoid(5, 8, 0.5), sigmoid);
        assertEquals("{type=sigmoid, low=5.0, high=8.0, k=0.5}", sigmoid.toMap().toString());
        assertEquals(new Identity(), Transform.of("identity"));
        assertFalse(Transform.of(Map.of("type", "step", "low", 1)).differentiable());
    }

    @Test
    void mistakesAreNamed() {
        refused(
                Map.of("type", "sigmiod"),
                "transform: unknown type 'sigmiod'; known types: identity, sigmoid,"
                        + " reverse-sigmoid, double-sigmoid, step, linear (did you mean"
                        + " 'sigmoid'?)");
        refused(
                Map.of("type", "linear", "lo", 1, "high", 2),
                "transform: unknown key 'lo'; known keys: type, low, high (did you mean 'low'?)");
        refused(Map.of("type", "linear", "high", 2), "transform: low must be a number, got none");
        refused(
                Map.of("type", "linear", "low", "a", "high", 2),
                "transform: low must be a number, got 'a'");
        refused(
                Map.of("type", "sigmoid", "low", 3, "high", 3),
                "transform: sigmoid must have low < high, got low 3.0 and high 3.0");
        refused(
                Map.of("type", "sigmoid", "low", 3, "high", 4, "k", 0),
                "transform: sigmoid must have a positive k, got 0.0");
        refused(
                Map.of("type", "step"),
                "transform: step must have low, high or both, and low <= high, got low -Infinity"
                        + " and high Infinity");
        refused(Map.of("low", 3), "transform: type must be text, got none");
        refused("sigmoid", "transform must be a map of keys and values, got 'sigmoid'");
    }

    private static void refused(Object yaml, String text) {
        assertEquals(
                text,
                assertThrows(IllegalArgumentException.class, () -> Transform.of(yaml))
                        .getMessage());
    }
}
