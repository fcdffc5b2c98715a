package dev.tiller.rewards.molecule;

import dev.tiller.rewards.Breakdown;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Notation;
import dev.tiller.rewards.Reward;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Scores molecules by a pure function of each. A design that is no valid molecule, or has no atoms,
 * gets the same score always, and no number in its breakdown.
 *
 * <p>Immutable, hence safe for concurrent use; a call spreads its designs over the processors.
 */
public final class MoleculeReward implements Reward {
    private final String name;
    private final List<String> columns;
    private final double invalid;
    private final Function<Molecule, double[]> scorer;

    /**
     * Makes the reward.
     *
     * @param name its name
     * @param columns the names of the numbers behind a score
     * @param invalid the score of a design that is no molecule
     * @param scorer gives the score of a molecule, then its numbers
     */
    public MoleculeReward(
            String name,
            List<String> columns,
            double invalid,
            Function<Molecule, double[]> scorer) {
        this.name = Objects.requireNonNull(name, "name");
        this.columns = List.copyOf(columns);
        this.invalid = invalid;
        this.scorer = Objects.requireNonNull(scorer, "scorer");
    }

    /**
     * Checks an option {@code invalid} and fills in its default.
     *
     * @param given the option, or null
     * @param worst the score that holds without the option
     * @return the score of what is no molecule
     * @throws IllegalArgumentException if the option is not finite
     */
    public static double invalid(Double given, double worst) {
        double score = given == null ? worst : given;
        if (!Double.isFinite(score)) {
            throw new IllegalArgumentException(
                    "invalid must be a finite number, got "
                            + score
                            + "; it is the score of a"
                            + " design that is no molecule");
        }
        return score;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String letters() {
        return Smiles.LETTERS;
    }

    @Override
    public Notation notation() {
        return Notation.SMILES;
    }

    @Override
    public double[] score(Designs designs) {
        return breakdown(designs).scores();
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public Breakdown breakdown(Designs designs) {
        designs.requireReadableBy(this);
        double[] scores = new double[designs.size()];
        double[][] values = new double[designs.size()][];
        IntStream.range(0, scores.length)
                .parallel()
                .forEach(
                        n -> {
                            double[] row = numbers(designs.sequences().get(n));
                            scores[n] = row[0];
                            values[n] = Arrays.copyOfRange(row, 1, row.length);
                        });
        return new Breakdown(scores, values);
    }

    private double[] numbers(String design) {
        Optional<Molecule> molecule = Smiles.valid(design);
        if (molecule.isPresent()) {
            return scorer.apply(molecule.get());
        }
        double[] row = new double[columns.size() + 1];
        Arrays.fill(row, Double.NaN);
        row[0] = invalid;
        return row;
    }
}
