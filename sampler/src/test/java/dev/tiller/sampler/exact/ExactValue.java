package dev.tiller.sampler.exact;

import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import java.util.Arrays;
import java.util.List;

/** The exact soft value of the table chain: v_i(x) = tau log E[exp(r / tau) | x at index i]. */
public final class ExactValue implements SoftValue {
    private final double[][] values;

    private ExactValue(double[][] values) {
        this.values = values;
    }

    /**
     * Computes the value.
     *
     * @param kernels all steps and, as the last one, the removal of noise
     * @param rewards the reward of each clean state
     * @param tau the temperature
     */
    public static ExactValue of(List<double[][]> kernels, double[] rewards, double tau) {
        double[] exponentials = Arrays.stream(rewards).map(r -> Math.exp(r / tau)).toArray();
        double[][] values = ExactLaw.backward(kernels, exponentials);
        for (double[] row : values) {
            Arrays.setAll(row, x -> tau * Math.log(row[x]));
        }
        return new ExactValue(values);
    }

    /** Returns the value that is {@code values[x]} at all indices. */
    public static SoftValue ofTable(double[] values) {
        return (x, index, ledger, noise) ->
                Arrays.stream(TableRuns.numbers(x)).mapToDouble(state -> values[state]).toArray();
    }

    /** Returns the value of each state at one index. */
    public double[] at(int index) {
        return values[index].clone();
    }

    @Override
    public double[] estimate(State x, int index, Ledger ledger, Randomness noise) {
        int[] states = TableRuns.numbers(x);
        return Arrays.stream(states).mapToDouble(state -> values[index][state]).toArray();
    }
}
