package dev.tiller.cli.compare;

import dev.tiller.cli.run.Counts;
import dev.tiller.cli.run.Method;
import dev.tiller.cli.run.SamplingJob;
import dev.tiller.cli.run.Steering;
import java.io.IOException;
import java.util.Map;

/**
 * Finds how hard a method may try within a budget: the largest number of candidates, particles or
 * rounds that it affords, by pilot runs of a few designs. Savings make the costs sublinear, so a
 * second pilot corrects the line through the first two.
 */
final class Effort {
    /** Runs a job for a few designs and counts what it costs. */
    @FunctionalInterface
    interface Pilot {
        /**
         * Runs a pilot.
         *
         * @param job the job
         * @param designs how many designs
         * @return what they cost
         */
        Counts run(SamplingJob job, int designs) throws IOException;
    }

    private static final int PILOT_DESIGNS = 4;
    private static final int SMALL = 2;
    private static final int LARGE = 6;

    /** More than this would only be asked of methods that cost next to nothing in the currency. */
    private static final int MOST = 256;

    private static final Map<Method, String> KNOBS =
            Map.ofEntries(
                    Map.entry(Method.BEST_OF_N, "candidates"),
                    Map.entry(Method.IMPORTANCE_SAMPLING, "particles"),
                    Map.entry(Method.SVDD_PM, "candidates"),
                    Map.entry(Method.SVDD_MC, "candidates"),
                    Map.entry(Method.SVDD_R, "particles"),
                    Map.entry(Method.SMC, "particles"),
                    Map.entry(Method.NESTED_IS, "particles"),
                    Map.entry(Method.FK, "particles"),
                    Map.entry(Method.TDS, "particles"),
                    Map.entry(Method.REFINE, "rounds"));

    private final Budget budget;
    private final Pilot pilot;

    Effort(Budget budget, Pilot pilot) {
        this.budget = budget;
        this.pilot = pilot;
    }

    /**
     * Returns the job with the most effort that fits the budget; a method without a knob is
     * returned as it is.
     *
     * @param job the job
     * @throws IllegalArgumentException if not even the least effort fits
     */
    SamplingJob fit(SamplingJob job) throws IOException {
        String knob = KNOBS.get(job.method());
        if (knob == null) {
            return job;
        }
        double affordable = (double) budget.total() / job.num();
        double small = cost(job, knob, SMALL);
        double large = cost(job, knob, LARGE);
        int first = solve(SMALL, small, LARGE, large, affordable);
        if (first == SMALL || first == LARGE) {
            return with(job, knob, first);
        }
        double measured = cost(job, knob, first);
        if (first == 1 && measured > affordable) {
            throw new IllegalArgumentException(
                    "the budget of "
                            + budget.total()
                            + " must cover "
                            + job.method()
                            + " with one "
                            + knob.replaceAll("s$", "")
                            + ", which costs about "
                            + Math.round(measured * job.num())
                            + " for "
                            + job.num()
                            + " designs; raise the budget or lower --num");
        }
        return with(job, knob, solve(SMALL, small, first, measured, affordable));
    }

    /** The point of a line through two measurements where the cost is affordable, rounded down. */
    private static int solve(int a, double costOfA, int b, double costOfB, double affordable) {
        if (a == b) {
            return a;
        }
        double slope = (costOfB - costOfA) / (b - a);
        if (!(slope > 0)) {
            return costOfB <= affordable ? MOST : 1;
        }
        double effort = Math.floor(a + (affordable - costOfA) / slope);
        return (int) Math.max(1, Math.min(MOST, effort));
    }

    /** Returns the cost of one design. */
    private double cost(SamplingJob job, String knob, int effort) throws IOException {
        int designs = Math.min(PILOT_DESIGNS, job.num());
        Counts counts = pilot.run(with(job, knob, effort), designs);
        return (double) budget.currency().of(counts) / designs;
    }

    private static SamplingJob with(SamplingJob job, String knob, int effort) {
        Steering steering = job.steering().with(knob, effort);
        return job.withSteering(steering);
    }

    /** Says what was chosen, for the table. */
    static String describe(SamplingJob job) {
        String knob = KNOBS.get(job.method());
        return knob == null ? "" : knob + " " + job.steering().get(knob);
    }
}
