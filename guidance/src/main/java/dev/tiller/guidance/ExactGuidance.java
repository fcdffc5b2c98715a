package dev.tiller.guidance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import java.util.Arrays;
import java.util.List;

/**
 * Guidance by values of all single changes: g[l, k] = strength (v(x with letter k at l) - v(x)) for
 * each masked position l and letter k (Nisonoff et al. 2024, arXiv 2406.01572; Schiff et al. 2024,
 * arXiv 2412.10193, D-CBG). It needs no gradient, but L K values per step.
 *
 * <p>Where a step reveals one token at most, as in first-hitting sampling, each candidate is a
 * single change, so the tilted step is p(xs | xt) exp(strength v(xs)), normalised: with the exact
 * soft value and strength 1 / tau the designs follow p(x0) exp(r(x0) / tau). Steps that reveal
 * several tokens at once are exact if the value is a sum over positions.
 *
 * <p>The value is asked for at index {@code step + 1}, also at the state itself: all of them stand
 * for candidates of the step, the one in which nothing changes among them. The strength is in 1 /
 * (unit of the value).
 */
public final class ExactGuidance implements Guidance {
    /** Bounds the memory of a request; values are evaluated in smaller calls anyway. */
    private static final int STATES_AT_ONCE = 8192;

    private final SoftValue value;
    private final double strength;

    /**
     * Creates the guidance.
     *
     * @param value the value of noisy states; a black box
     * @param strength 1 / tau, finite; 0 guides nowhere
     */
    public ExactGuidance(SoftValue value, double strength) {
        this.value = value;
        this.strength = Tilts.requireStrength(strength);
    }

    @Override
    public List<float[]> tilt(
            State x, Prediction prediction, int step, Ledger ledger, Randomness noise) {
        if (strength == 0) {
            return null;
        }
        Tilts tilts = Tilts.of(x, prediction);
        int start = 0;
        while (start < x.rows()) {
            int end = start;
            int states = 0;
            while (end < x.rows() && (end == start || states < STATES_AT_ONCE)) {
                states += changes(tilts, end);
                end++;
            }
            if (states > 0) {
                fill(x, tilts, new int[] {start, end}, states, step, ledger, noise);
            }
            start = end;
        }
        return tilts.rows();
    }

    /** The states to evaluate for a row: itself and all single changes; none if it is clean. */
    private static int changes(Tilts tilts, int row) {
        int masked = tilts.masked(row).length;
        return masked == 0 ? 0 : 1 + masked * tilts.letters();
    }

    private void fill(
            State x,
            Tilts tilts,
            int[] range,
            int states,
            int step,
            Ledger ledger,
            Randomness noise) {
        int length = tilts.length();
        long[] tokens = new long[states * length];
        long[] ids = new long[states];
        int[] chains = new int[states];
        int next = 0;
        for (int row = range[0]; row < range[1]; row++) {
            int first = next;
            for (int i = 0; i < changes(tilts, row); i++) {
                System.arraycopy(tilts.tokens(), row * length, tokens, next * length, length);
                ids[next] = x.sampleId(row);
                chains[next] = x.chain(row);
                if (i > 0) {
                    int position = tilts.masked(row)[(i - 1) / tilts.letters()];
                    int letter = (i - 1) % tilts.letters();
                    tokens[(first + i) * length + position] = letter;
                }
                next++;
            }
        }
        double[] values = estimate(x, tokens, ids, chains, step, ledger, noise);
        int first = 0;
        for (int row = range[0]; row < range[1]; row++) {
            for (int i = 1; i < changes(tilts, row); i++) {
                int position = tilts.masked(row)[(i - 1) / tilts.letters()];
                double gain = values[first + i] - values[first];
                tilts.set(row, position, (i - 1) % tilts.letters(), strength * gain);
            }
            first += changes(tilts, row);
        }
    }

    private double[] estimate(
            State x,
            long[] tokens,
            long[] ids,
            int[] chains,
            int step,
            Ledger ledger,
            Randomness noise) {
        try (NDManager scope = x.array(0).getManager().newSubManager()) {
            NDArray array = scope.create(tokens, new Shape(ids.length, tokens.length / ids.length));
            State candidates = new State(new NDList(array), ids, chains);
            double[] values = value.estimate(candidates, step + 1, ledger, noise);
            if (!Arrays.stream(values).allMatch(Double::isFinite)) {
                throw new IllegalStateException(
                        "values must be finite for guidance, got others at step " + step);
            }
            return values;
        }
    }
}
