package dev.tiller.finetune.backpropagation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.finetune.backpropagation.BackpropagationOptions.Graph;
import dev.tiller.finetune.backpropagation.BackpropagationOptions.KlSteps;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class BackpropagationOptionsTest {
    private static BackpropagationOptions options(
            int truncation, double copy, Divergence kl, KlSteps steps) {
        return new BackpropagationOptions(
                128,
                1,
                1e-5,
                truncation,
                Annealing.constant(1),
                copy == 0 ? OptionalDouble.empty() : OptionalDouble.of(copy),
                0,
                kl,
                new RisingWeight(1, 0),
                steps,
                4,
                Graph.PER_STEP);
    }

    private static void refuses(String text, Executable call) {
        assertEquals(text, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void refusesWhatIsOutOfRange() {
        refuses(
                "truncation must be in [1, 128], the number of steps, got 129; leave it out to"
                        + " differentiate all",
                () -> options(129, 0, Divergence.STEP, KlSteps.ALL));
        refuses(
                "copy temperature must be above 0, got -1.0; leave it out for the plain copy flag",
                () -> options(50, -1, Divergence.STEP, KlSteps.ALL));
        refuses(
                "temperature must be above 0 and finite, got 0.0; 1 is the published one",
                () -> Annealing.constant(0));
        refuses(
                "KL weight must be at least 0 and finite, got NaN; it is what a nat costs, in the"
                        + " unit of the reward",
                () -> new RisingWeight(Double.NaN, 0));
        refuses(
                "KL warm-up must be at least 0 training steps, got -1",
                () -> new RisingWeight(1, -1));
        refuses("designs of a validation must be at least 2, got 1", () -> ValidationOptions.of(1));
        refuses(
                "min diversity must be in [0, 1), got 1.0; it is a share of positions",
                () -> new ValidationOptions(2, null, OptionalDouble.empty(), OptionalDouble.of(1)));
        refuses(
                "max KL must be above 0 nats per design, got 0.0",
                () -> new ValidationOptions(2, null, OptionalDouble.of(0), OptionalDouble.empty()));
    }

    @Test
    void paysForTheStepsThatCanDiffer() {
        BackpropagationOptions all = options(50, 0, Divergence.STEP, KlSteps.ALL);
        assertTrue(all.pays(0) && all.pays(77) && all.pays(78) && all.pays(127));
        BackpropagationOptions some = options(50, 0, Divergence.PATH, KlSteps.DIFFERENTIATED);
        assertFalse(some.pays(77));
        assertTrue(some.pays(78) && some.pays(127));
        // the published divergence of a hard state is 0, that of step 78 too
        BackpropagationOptions published = options(50, 0, Divergence.REFERENCE, KlSteps.ALL);
        assertFalse(published.pays(0) || published.pays(78));
        assertTrue(published.pays(79) && published.pays(127));
        assertFalse(options(50, 0, Divergence.NONE, KlSteps.ALL).pays(100));
    }

    @Test
    void timesAreThoseOfTheSampler() {
        BackpropagationOptions options = BackpropagationOptions.defaults(128, 0.1);
        assertEquals(1, options.time(0), 0);
        assertEquals(1e-5, options.time(128), 1e-15);
        assertEquals(0, options.firstRelaxed());
    }

    @Test
    void weightRisesAndTemperatureFalls() {
        RisingWeight weight = new RisingWeight(0.8, 4);
        assertEquals(0.2, weight.at(0), 1e-15);
        assertEquals(0.6, weight.at(2), 1e-15);
        assertEquals(0.8, weight.at(3), 0);
        assertEquals(0.8, weight.at(900), 0);
        assertEquals(0.8, new RisingWeight(0.8, 0).at(0), 0);
        Annealing annealing = new Annealing(1, 0.01, 101);
        assertEquals(1, annealing.at(0), 0);
        assertEquals(0.1, annealing.at(50), 1e-15);
        assertEquals(0.01, annealing.at(100), 1e-15);
        assertEquals(0.01, annealing.at(1000), 1e-15);
    }

    @Test
    void aTrainingStepIsSeveralBatches() {
        assertEquals(0, options(1, 0, Divergence.STEP, KlSteps.ALL).trainingStep(3));
        assertEquals(1, options(1, 0, Divergence.STEP, KlSteps.ALL).trainingStep(4));
    }
}
