package dev.tiller.finetune.backpropagation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.finetune.backpropagation.BackpropagationOptions.Graph;
import dev.tiller.sampler.masked.Subs;
import dev.tiller.sampler.numerics.Gradients;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DivergenceIT {
    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu());
    }

    @AfterEach
    void close() {
        manager.close();
    }

    /**
     * The defect of the published divergence: it is weighted by what a step keeps, and on a hard
     * state that is the letters that are there already, where both models carry them over and so
     * agree. It is exactly 0 on each drawn state, however far apart the models are, and so is its
     * gradient: the 78 drawn steps of the published setting regularise nothing. What is still
     * masked, where the models do differ, has weight 0. The two other divergences count just that.
     */
    @Test
    void thePublishedOneIsZeroOnHardStates() {
        Toy toy = new Toy(0, manager);
        BackpropagationOptions options =
                Toy.options(Divergence.REFERENCE, Graph.PER_STEP, OptionalDouble.empty());
        RewardBackpropagation objective = toy.objective(TestRewards.smooth(), options);
        Pass pass = objective.pass(toy.forward(), Toy.ROWS, 0);
        Trajectory trajectory = new ForwardWalk(options, pass).run(manager);
        RelaxedStep step = new RelaxedStep(options, pass, toy.pretrained().onTokens());
        for (int i = 0; i < trajectory.hard().size(); i++) {
            float[] hot = Trajectory.oneHot(trajectory.hard().get(i), 5);
            for (Divergence kind : Divergence.values()) {
                int index = i;
                double[] sum = new double[1];
                NDArray x = manager.create(hot, pass.relaxed());
                if (kind == Divergence.NONE) {
                    continue;
                }
                Gradients.backward(
                        manager,
                        () -> {
                            NDArray rows = step.run(index, x, kind, null).divergence();
                            for (float row : rows.stopGradient().toFloatArray()) {
                                sum[0] += row;
                            }
                            return rows.sum();
                        });
                double gradient = 0;
                for (float[] array : toy.takeGradients().values()) {
                    for (float g : array) {
                        gradient = Math.max(gradient, Math.abs(g));
                    }
                }
                boolean noLetters = i == 0 && kind == Divergence.REFERENCE_UNCLAMPED;
                if (kind == Divergence.REFERENCE || noLetters) {
                    assertEquals(0, sum[0], 0, "state " + i);
                    assertEquals(0, gradient, 0, "state " + i);
                } else {
                    assertTrue(sum[0] > 1e-3, kind + " of state " + i + ": " + sum[0]);
                    assertTrue(gradient > 1e-4, kind + " of state " + i + ": " + gradient);
                }
            }
        }
    }

    /**
     * Two letters, the third impossible: its log-probability is clipped, the divergence is that of
     * the other two, and gradients are finite.
     */
    @Test
    void impossibleLettersCountNothing() {
        Shape shape = new Shape(1, 1, 3);
        NDArray logits = manager.create(new float[] {0.3f, -0.4f, -1e30f}, shape);
        logits.setRequiresGradient(true);
        NDArray old =
                manager.create(
                        new float[] {(float) Math.log(0.25), (float) Math.log(0.75), Subs.LOG_ZERO},
                        shape);
        RelaxedState state =
                RelaxedState.of(
                        manager.create(new float[] {0.1f, 0.2f, 0, 0.7f}, new Shape(1, 1, 4)),
                        OptionalDouble.empty());
        double p = 1 / (1 + Math.exp(-0.7));
        double nats = p * Math.log(p / 0.25) + (1 - p) * Math.log((1 - p) / 0.75);
        double linear = 0.25 - p;
        double[] expected = {
            0.7 * nats,
            0.7 * nats,
            // the copy flag 0.3 times each letter's entry times its own term
            0.3
                    * (0.1 * (linear + p * Math.log(p / 0.25))
                            + 0.2 * (-linear + (1 - p) * Math.log((1 - p) / 0.75)))
        };
        Divergence[] kinds = {Divergence.STEP, Divergence.PATH, Divergence.REFERENCE};
        for (int i = 0; i < kinds.length; i++) {
            Divergence kind = kinds[i];
            double value =
                    Gradients.backward(
                            manager,
                            () -> {
                                NDArray now = TrainedDenoiser.finite(Subs.logPosterior(logits, 3));
                                return kind.perRow(
                                        state, now, old, manager.ones(new Shape(1, 1, 1)));
                            });
            assertEquals(expected[i], value, 1e-6, kind.toString());
        }
        float[] gradient = logits.getGradient().toFloatArray();
        assertTrue(Float.isFinite(gradient[0]) && Math.abs(gradient[0]) > 1e-3);
        assertEquals(-gradient[0], gradient[1], 1e-6);
        assertEquals(0, gradient[2], 0);
    }
}
