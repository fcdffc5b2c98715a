package dev.tiller.sampler.decoder;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Asks for the values of candidates, or of those among them that are worth it. */
final class CandidateValues {
    private final Svdd.Options options;
    private final SoftValue value;
    private final SoftValue screen;

    CandidateValues(Svdd.Options options, SoftValue value, SoftValue screen) {
        this.options = options;
        this.value = Objects.requireNonNull(value);
        this.screen = Objects.requireNonNull(screen);
    }

    /**
     * Returns the value of each candidate, negative infinity where it was not asked for.
     *
     * @param drawn M candidates for each particle, in a row
     * @param index their time index
     */
    double[] of(State drawn, int index, Trajectory.Run run, NDManager scope) {
        double[] values = new double[drawn.rows()];
        Arrays.fill(values, Double.NEGATIVE_INFINITY);
        List<int[]> worthwhile = worthwhile(drawn, index, run);
        List<Integer> atFirst = new ArrayList<>();
        for (int[] rows : worthwhile) {
            Arrays.stream(rows).limit(options.first()).forEach(atFirst::add);
        }
        ask(drawn, atFirst, index, run, scope, values);
        List<Integer> others = new ArrayList<>();
        for (int[] rows : worthwhile) {
            double[] known =
                    Arrays.stream(rows)
                            .limit(options.first())
                            .mapToDouble(r -> values[r])
                            .toArray();
            if (spread(known) > options.tolerance()) {
                Arrays.stream(rows).skip(options.first()).forEach(others::add);
            }
        }
        if (!others.isEmpty()) {
            ask(drawn, others, index, run, scope, values);
        }
        return values;
    }

    /** Returns for each particle the rows that pass the screen, in order. */
    private List<int[]> worthwhile(State drawn, int index, Trajectory.Run run) {
        int count = options.candidates();
        List<int[]> passed = new ArrayList<>(drawn.rows() / count);
        double[] cheap = null;
        if (options.screened() < count) {
            cheap = screen.estimate(drawn, index, run.ledger(), run.noise());
            Candidates.requireFinite(cheap);
        }
        for (int first = 0; first < drawn.rows(); first += count) {
            int[] rows = IntStream.range(first, first + count).toArray();
            passed.add(cheap == null ? rows : best(rows, cheap, options.screened()));
        }
        return passed;
    }

    /** Returns the rows of the highest scores, the first ones on ties, in their old order. */
    private static int[] best(int[] rows, double[] scores, int count) {
        return Arrays.stream(rows)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> -scores[row])) // is stable
                .limit(count)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }

    private static double spread(double[] values) {
        double low = Arrays.stream(values).min().orElseThrow();
        return Arrays.stream(values).max().orElseThrow() - low;
    }

    private void ask(
            State drawn,
            List<Integer> rows,
            int index,
            Trajectory.Run run,
            NDManager scope,
            double[] values) {
        int[] asked = rows.stream().mapToInt(Integer::intValue).toArray();
        State some = asked.length == drawn.rows() ? drawn : drawn.select(asked, scope);
        double[] known = value.estimate(some, index, run.ledger(), run.noise());
        for (int i = 0; i < asked.length; i++) {
            values[asked[i]] = known[i];
        }
        for (int row : asked) {
            Candidates.requireFinite(values[row], row);
        }
    }
}
