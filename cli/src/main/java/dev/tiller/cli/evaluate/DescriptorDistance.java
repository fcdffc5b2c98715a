package dev.tiller.cli.evaluate;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.molecule.Smiles;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How far the descriptors of a set are from those of a reference: the squared Fréchet distance of
 * two Gaussians, as {@link FrechetDistance} has it, after each descriptor is divided by its
 * standard deviation in the reference. Like the Fréchet ChemNet distance (Preuer et al. 2018), with
 * descriptors in place of a network's activations.
 */
public final class DescriptorDistance implements Measure {
    /** Molecules of the reference that are looked at, evenly spread. */
    private static final int REFERENCE_ROWS = 2000;

    private final List<Reward> descriptors;
    private final double[][] reference;
    private final double[] scale;

    /**
     * Creates the measure.
     *
     * @param descriptors rewards of molecules, whose scores are the descriptors; closed by the
     *     caller
     * @param reference SMILES, of which at least two are valid
     */
    public DescriptorDistance(List<Reward> descriptors, List<String> reference) {
        this.descriptors = List.copyOf(descriptors);
        int rows = Math.min(REFERENCE_ROWS, reference.size());
        this.reference =
                table(
                        IntStream.range(0, rows)
                                .mapToObj(
                                        i ->
                                                reference.get(
                                                        (int) ((long) i * reference.size() / rows)))
                                .toList());
        if (this.reference.length < 2) {
            throw new IllegalArgumentException(
                    "--reference must have two valid molecules or more, got "
                            + this.reference.length);
        }
        this.scale = deviations(this.reference);
        divide(this.reference);
    }

    private double[][] table(List<String> smiles) {
        List<String> valid = smiles.stream().filter(t -> Smiles.valid(t).isPresent()).toList();
        double[][] rows = new double[valid.size()][descriptors.size()];
        for (int d = 0; d < descriptors.size(); d++) {
            double[] scores = descriptors.get(d).score(new Designs(valid));
            for (int i = 0; i < scores.length; i++) {
                rows[i][d] = scores[i];
            }
        }
        return rows;
    }

    private static double[] deviations(double[][] rows) {
        double[] deviations = new double[rows[0].length];
        for (int d = 0; d < deviations.length; d++) {
            double sum = 0;
            double squares = 0;
            for (double[] row : rows) {
                sum += row[d];
                squares += row[d] * row[d];
            }
            double mean = sum / rows.length;
            double deviation = Math.sqrt(Math.max(0, squares / rows.length - mean * mean));
            deviations[d] = deviation > 0 ? deviation : 1;
        }
        return deviations;
    }

    private void divide(double[][] rows) {
        for (double[] row : rows) {
            for (int d = 0; d < row.length; d++) {
                row[d] /= scale[d];
            }
        }
    }

    @Override
    public List<Column> columns() {
        return List.of(new Column("descriptor_distance", "descriptor distance", 3));
    }

    @Override
    public double[] of(DesignSet set) {
        double[][] rows = table(set.designs());
        divide(rows);
        return new double[] {
            rows.length < 2 ? Double.NaN : FrechetDistance.between(rows, reference)
        };
    }
}
