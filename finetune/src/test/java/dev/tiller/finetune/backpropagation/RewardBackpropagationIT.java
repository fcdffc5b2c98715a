package dev.tiller.finetune.backpropagation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.tiller.finetune.backpropagation.BackpropagationOptions.Graph;
import dev.tiller.finetune.objective.Objective;
import dev.tiller.rewards.Reward;
import dev.tiller.sampler.numerics.Gradients;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RewardBackpropagationIT {
    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu());
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private Objective.Evaluated accumulate(Toy toy, RewardBackpropagation objective, long step) {
        try (NDManager scope = manager.newSubManager()) {
            return objective.accumulate(toy.forward(), new int[Toy.ROWS], step, scope);
        }
    }

    /** Relative to the largest magnitude of each array; the order of additions differs. */
    @ParameterizedTest(name = "{0}, {1} classes, sigmoid copy flag {2}")
    @CsvSource({
        "NONE, 0, false",
        "STEP, 0, false",
        "STEP, 2, true",
        "PATH, 2, false",
        "REFERENCE, 0, true",
        "REFERENCE, 2, false"
    })
    void oneStepAtATimeGivesTheGradientOfTheWholeGraph(
            Divergence kl, int classes, boolean sigmoid) {
        Toy toy = new Toy(classes, manager);
        OptionalDouble copy = sigmoid ? OptionalDouble.of(0.5) : OptionalDouble.empty();
        Objective.Evaluated parts =
                accumulate(
                        toy,
                        toy.objective(TestRewards.smooth(), Toy.options(kl, Graph.PER_STEP, copy)),
                        3);
        Map<String, float[]> perStep = toy.takeGradients();
        Objective.Evaluated all =
                accumulate(
                        toy,
                        toy.objective(TestRewards.smooth(), Toy.options(kl, Graph.WHOLE, copy)),
                        3);
        Map<String, float[]> whole = toy.takeGradients();
        assertEquals(all.loss(), parts.loss(), 1e-6);
        assertEquals(kl != Divergence.NONE, all.metrics().get("kl") > 0);
        double worst = 0;
        for (String name : whole.keySet()) {
            double largest = 0;
            double difference = 0;
            for (int i = 0; i < whole.get(name).length; i++) {
                largest = Math.max(largest, Math.abs(whole.get(name)[i]));
                difference =
                        Math.max(difference, Math.abs(whole.get(name)[i] - perStep.get(name)[i]));
            }
            assertTrue(largest > 0, name + " has a gradient");
            worst = Math.max(worst, difference / largest);
        }
        System.err.printf("%s: one step at a time differs by %.1e%n", kl, worst);
        assertTrue(worst < 1e-5, "differs by " + worst);
    }

    /** Noise belongs to the sample id: row 1 of batch 3 of 5 rows is row 0 of batch 16 of 1. */
    @Test
    void aTrajectoryDependsOnItsSampleIdAlone() {
        Toy toy = new Toy(0, manager);
        RewardBackpropagation objective =
                toy.objective(
                        TestRewards.smooth(),
                        Toy.options(Divergence.NONE, Graph.PER_STEP, OptionalDouble.empty()));
        float[] five =
                objective.run(objective.pass(toy.forward(), 5, 3), manager).trajectory().last();
        float[] one =
                objective.run(objective.pass(toy.forward(), 1, 16), manager).trajectory().last();
        double difference = 0;
        double toOther = 0;
        for (int i = 0; i < one.length; i++) {
            difference = Math.max(difference, Math.abs(one[i] - five[one.length + i]));
            toOther = Math.max(toOther, Math.abs(one[i] - five[i]));
        }
        assertTrue(difference < 1e-5, "row 1 differs by " + difference);
        assertTrue(toOther > 0.1, "row 0 is another trajectory");
    }

    /** The hard limit: with little temperature relaxed steps are the drawn ones. */
    @Test
    void relaxedStepsTendToDrawnOnes() {
        Toy toy = new Toy(0, manager);
        BackpropagationOptions soft = withTruncation(Toy.STEPS, 1e-3);
        BackpropagationOptions hard = withTruncation(1, 1e-3);
        float[] relaxed = last(toy, soft);
        float[] drawn = last(toy, hard);
        int equal = 0;
        for (int i = 0; i < relaxed.length; i++) {
            equal += Math.abs(relaxed[i] - drawn[i]) < 0.01 ? 1 : 0;
        }
        assertTrue(equal > 0.98 * relaxed.length, equal + " of " + relaxed.length);
    }

    private static BackpropagationOptions withTruncation(int truncation, double tau) {
        BackpropagationOptions o =
                Toy.options(Divergence.NONE, Graph.PER_STEP, OptionalDouble.empty());
        return new BackpropagationOptions(
                o.steps(),
                o.startTime(),
                o.endTime(),
                truncation,
                Annealing.constant(tau),
                o.copyTemperature(),
                o.floor(),
                o.kl(),
                o.klWeight(),
                o.klSteps(),
                1,
                o.graph());
    }

    private float[] last(Toy toy, BackpropagationOptions options) {
        RewardBackpropagation objective = toy.objective(TestRewards.smooth(), options);
        Pass pass = objective.pass(toy.forward(), Toy.ROWS, 0);
        return new ForwardWalk(options, pass).run(manager).last();
    }

    @Test
    void refusesARewardWithoutAGradient() {
        IllegalArgumentException e = refusal(TestRewards.blackBox());
        assertEquals(
                "reward to backpropagate must have a gradient, got 'black-box', which has none; "
                        + Gradients.ALTERNATIVES,
                e.getMessage());
    }

    @Test
    void refusesARewardOfOtherLetters() {
        IllegalArgumentException e = refusal(TestRewards.ofLetters("ACGU"));
        assertEquals(
                "reward 'other' must read the model's alphabet ACGT, got one for ACGU; choose a"
                        + " reward or a model of the other kind",
                e.getMessage());
    }

    private IllegalArgumentException refusal(Reward reward) {
        Toy toy = new Toy(0, manager);
        BackpropagationOptions options =
                Toy.options(Divergence.STEP, Graph.PER_STEP, OptionalDouble.empty());
        return assertThrows(IllegalArgumentException.class, () -> toy.objective(reward, options));
    }

    @Test
    void namesTheRowOfABrokenGradient() {
        Toy toy = new Toy(0, manager);
        RewardBackpropagation objective =
                toy.objective(
                        TestRewards.broken(2, Float.NaN),
                        Toy.options(Divergence.STEP, Graph.PER_STEP, OptionalDouble.empty()));
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> accumulate(toy, objective, 41));
        assertEquals(
                "the gradient of reward 'broken' must be finite, got NaN in training step 41,"
                        + " batch 41, row 2",
                e.getMessage());
    }

    @Test
    void namesTheRowOfBrokenProbabilities() {
        Toy toy = new Toy(0, manager);
        toy.breakWeights(Float.NaN);
        RewardBackpropagation objective =
                toy.objective(
                        TestRewards.smooth(),
                        Toy.options(Divergence.STEP, Graph.PER_STEP, OptionalDouble.empty()));
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> accumulate(toy, objective, 7));
        assertEquals(
                "the network must give finite probabilities, got NaN in training step 7, batch 7,"
                        + " row 0, reverse step 0; lower the learning rate",
                e.getMessage());
    }

    @Test
    void saysWhyToStop() {
        Toy toy = new Toy(0, manager);
        BackpropagationOptions options =
                Toy.options(Divergence.STEP, Graph.PER_STEP, OptionalDouble.empty());
        OptionalDouble none = OptionalDouble.empty();
        Objective.Validation free =
                toy.objective(
                                TestRewards.smooth(),
                                options,
                                new ValidationOptions(8, null, none, none))
                        .validate(toy.forward(), manager);
        assertNull(free.stop());
        assertTrue(free.metrics().get("kl_reference") > 0);
        double kl = free.metrics().get("kl_step");
        double diversity = free.metrics().get("diversity");
        assertEquals(
                "the divergence from the pretrained model, "
                        + kl
                        + " nats per design, is above max_kl 1.0E-4",
                stop(toy, options, OptionalDouble.of(1e-4), none));
        assertEquals(
                "the diversity of the designs, " + diversity + ", is below min_diversity 0.99",
                stop(toy, options, none, OptionalDouble.of(0.99)));
        Objective.Validation bounded =
                toy.objective(
                                TestRewards.smooth(),
                                options,
                                new ValidationOptions(
                                        8, null, OptionalDouble.of(kl + 1), OptionalDouble.of(0.1)))
                        .validate(toy.forward(), manager);
        assertEquals(free, bounded, "the same noise each time, and no reason to stop");
    }

    private String stop(
            Toy toy, BackpropagationOptions options, OptionalDouble kl, OptionalDouble diversity) {
        return toy.objective(
                        TestRewards.smooth(),
                        options,
                        new ValidationOptions(8, null, kl, diversity))
                .validate(toy.forward(), manager)
                .stop();
    }

    @Test
    void theRefereeIsWatched() {
        Toy toy = new Toy(0, manager);
        BackpropagationOptions options =
                Toy.options(Divergence.STEP, Graph.PER_STEP, OptionalDouble.empty());
        OptionalDouble none = OptionalDouble.empty();
        Objective.Validation validation =
                toy.objective(
                                TestRewards.smooth(),
                                options,
                                new ValidationOptions(8, TestRewards.blackBox(), none, none))
                        .validate(toy.forward(), manager);
        assertEquals(0, validation.loss(), 0);
        assertEquals(0, validation.metrics().get("referee_median"), 0);
        assertNotEquals(0, validation.metrics().get("reward_median"), 1e-3);
    }

    @Test
    void leavesNoArraysBehind() {
        Toy toy = new Toy(0, manager);
        RewardBackpropagation objective =
                toy.objective(
                        TestRewards.smooth(),
                        Toy.options(Divergence.STEP, Graph.PER_STEP, OptionalDouble.empty()));
        List<Integer> own = new ArrayList<>();
        List<Integer> all = new ArrayList<>();
        for (int step = 0; step < 4; step++) {
            accumulate(toy, objective, step);
            objective.validate(toy.forward(), manager);
            own.add(manager.getManagedArrays().size());
            all.add(manager.getParentManager().getManagedArrays().size());
        }
        assertEquals(Collections.nCopies(3, own.get(0)), own.subList(1, 4));
        assertEquals(Collections.nCopies(3, all.get(0)), all.subList(1, 4));
    }
}
