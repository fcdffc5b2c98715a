package dev.tiller.cli.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Measures sets of designs, each the same way. A number depends on its set alone, not on the others
 * of the call.
 */
public final class Evaluation {
    private final RewardScores rewards;
    private final List<Measure> measures;

    /**
     * Creates an evaluation.
     *
     * @param rewards reward and referee, or null for none
     * @param measures what else is measured, in the order of the columns
     */
    public Evaluation(RewardScores rewards, List<Measure> measures) {
        this.rewards = rewards;
        this.measures = List.copyOf(measures);
    }

    List<Column> columns() {
        List<Column> columns = new ArrayList<>();
        if (rewards != null) {
            columns.addAll(rewards.columns());
        }
        measures.forEach(measure -> columns.addAll(measure.columns()));
        return columns;
    }

    /**
     * Checks sets before anything is computed.
     *
     * @param sets the sets
     * @throws IllegalArgumentException if one cannot be measured
     */
    public void require(List<DesignSet> sets) {
        for (DesignSet set : sets) {
            measures.forEach(measure -> measure.require(set));
        }
    }

    /**
     * Measures sets.
     *
     * @param sets the sets, at least one
     * @param progress told which set is next
     * @return the table, a row for each set in order
     * @throws IllegalArgumentException if a set cannot be measured
     */
    public EvaluationTable run(List<DesignSet> sets, Consumer<DesignSet> progress) {
        require(sets);
        List<EvaluatedSet> rows = new ArrayList<>();
        for (DesignSet set : sets) {
            progress.accept(set);
            rows.add(evaluate(set));
        }
        return new EvaluationTable(columns(), rows);
    }

    private EvaluatedSet evaluate(DesignSet set) {
        List<Double> values = new ArrayList<>();
        double[] judged = null;
        if (rewards != null) {
            RewardScores.Scores scores = rewards.score(set);
            values.addAll(RewardScores.quantiles(scores));
            judged = scores.judging();
        }
        for (Measure measure : measures) {
            Arrays.stream(measure.of(set)).forEach(values::add);
        }
        return new EvaluatedSet(set, values, judged);
    }
}
