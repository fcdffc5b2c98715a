package dev.tiller.cli.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.cli.run.Counts;
import dev.tiller.cli.run.Method;
import dev.tiller.cli.run.SamplingJob;
import dev.tiller.cli.run.Steering;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class EffortTest {
    private static SamplingJob job(Method method) {
        return new SamplingJob(
                "rna-utr5",
                null,
                null,
                null,
                null,
                null,
                "mrl",
                null,
                null,
                null,
                null,
                null,
                null,
                method,
                Steering.resolve(method, Steering.NONE, Steering.NONE),
                64,
                SamplingJob.Sampler.ANCESTRAL,
                null,
                null,
                128,
                0,
                64,
                1,
                "cpu",
                null);
    }

    private static Effort effort(
            long total, ToDoubleFunction<SamplingJob> rowsPerDesign, List<Integer> pilots) {
        return new Effort(
                new Budget(Budget.Currency.DENOISER_ROWS, total),
                (job, designs) -> {
                    pilots.add(job.steering().candidates());
                    long rows = Math.round(rowsPerDesign.applyAsDouble(job) * designs);
                    return new Counts(rows, rows, 0, 0, 0, 0, 0);
                });
    }

    @Test
    void takesTheMostThatALinearCostAffords() throws Exception {
        List<Integer> pilots = new ArrayList<>();
        SamplingJob fitted =
                effort(64 * 1000, job -> 10 + 50 * job.steering().candidates(), pilots)
                        .fit(job(Method.SVDD_PM));
        assertEquals(19, fitted.steering().candidates()); // 10 + 50 * 19 = 960, 20 would be 1010
        assertEquals(List.of(2, 6, 19), pilots);
    }

    @Test
    void correctsForSavings() throws Exception {
        ToDoubleFunction<SamplingJob> cost =
                job -> 100 * Math.pow(job.steering().candidates(), 0.8);
        SamplingJob fitted = effort(64 * 1500, cost, new ArrayList<>()).fit(job(Method.BEST_OF_N));
        double spent = cost.applyAsDouble(fitted);
        assertTrue(spent <= 1500 && spent > 1350, "spent " + spent);
    }

    @Test
    void refusesABudgetThatCoversNothing() {
        Effort effort = effort(640, job -> 50 * job.steering().candidates(), new ArrayList<>());
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> effort.fit(job(Method.SVDD_PM)));
        assertTrue(
                refused.getMessage()
                        .startsWith(
                                "the budget of 640 must cover svdd-pm with one candidate, which"
                                        + " costs about 3200 for 64 designs"),
                refused.getMessage());
    }

    @Test
    void leavesMethodsWithoutAKnobAlone() throws Exception {
        List<Integer> pilots = new ArrayList<>();
        SamplingJob unguided = job(Method.UNGUIDED);
        assertEquals(unguided, effort(1, job -> 1e9, pilots).fit(unguided));
        assertTrue(pilots.isEmpty());
    }

    @Test
    void capsAnEffortThatCostsNothing() throws Exception {
        SamplingJob fitted =
                effort(64 * 1000, job -> 130, new ArrayList<>()).fit(job(Method.SVDD_MC));
        assertEquals(256, fitted.steering().candidates());
    }
}
