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
import dev.tiller.sampler.constraint.CompiledConstraints;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

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
    private final CompiledConstraints constraints;

    /**
     * Creates the guidance.
     *
     * @param value the value of noisy states; a black box
     * @param strength 1 / tau, finite; 0 guides nowhere
     */
    public ExactGuidance(SoftValue value, double strength) {
        this(value, strength, null);
    }

    /**
     * Creates the guidance of designs within constraints. A change after which no design within
     * them is left is not valued, and its tilt is 0: the process never takes it.
     *
     * @param value the value of noisy states; a black box
     * @param strength 1 / tau, finite; 0 guides nowhere
     * @param constraints those of the process, or null for none
     */
    public ExactGuidance(SoftValue value, double strength, CompiledConstraints constraints) {
        this.value = value;
        this.strength = Tilts.requireStrength(strength);
        this.constraints = constraints;
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
            List<int[]> changes = new ArrayList<>();
            int states = 0;
            while (start + changes.size() < x.rows()
                    && (changes.isEmpty() || states < STATES_AT_ONCE)) {
                int[] own = changes(tilts, start + changes.size());
                states += own.length == 0 ? 0 : 1 + own.length;
                changes.add(own);
            }
            if (states > 0) {
                fill(x, tilts, new Request(start, changes, states), step, ledger, noise);
            }
            start += changes.size();
        }
        return tilts.rows();
    }

    /**
     * States to evaluate together: of each row that has changes itself and all single changes.
     *
     * @param start the first row
     * @param changes the changes of each row from there, as position * K + letter
     * @param states how many states that are
     */
    private record Request(int start, List<int[]> changes, int states) {}

    /** The changes of a row; none if it is clean. */
    private int[] changes(Tilts tilts, int row) {
        int letters = tilts.letters();
        boolean[] possible =
                constraints == null || !tilts.hasMasks(row)
                        ? null
                        : constraints.possibleLetters(tilts.tokens(), row * tilts.length());
        return Arrays.stream(tilts.masked(row))
                .flatMap(position -> IntStream.range(position * letters, (position + 1) * letters))
                .filter(change -> possible == null || possible[change])
                .toArray();
    }

    private void fill(
            State x, Tilts tilts, Request request, int step, Ledger ledger, Randomness noise) {
        int length = tilts.length();
        int letters = tilts.letters();
        long[] tokens = new long[request.states() * length];
        long[] ids = new long[request.states()];
        int[] chains = new int[request.states()];
        int next = 0;
        for (int i = 0; i < request.changes().size(); i++) {
            int row = request.start() + i;
            int[] changes = request.changes().get(i);
            for (int j = 0; changes.length > 0 && j <= changes.length; j++) {
                System.arraycopy(tilts.tokens(), row * length, tokens, next * length, length);
                ids[next] = x.sampleId(row);
                chains[next] = x.chain(row);
                if (j > 0) {
                    int change = changes[j - 1];
                    tokens[next * length + change / letters] = change % letters;
                }
                next++;
            }
        }
        double[] values = estimate(x, tokens, ids, chains, step, ledger, noise);
        int first = 0;
        for (int i = 0; i < request.changes().size(); i++) {
            int[] changes = request.changes().get(i);
            for (int j = 0; j < changes.length; j++) {
                double gain = values[first + 1 + j] - values[first];
                int position = changes[j] / letters;
                tilts.set(request.start() + i, position, changes[j] % letters, strength * gain);
            }
            first += changes.length == 0 ? 0 : 1 + changes.length;
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
