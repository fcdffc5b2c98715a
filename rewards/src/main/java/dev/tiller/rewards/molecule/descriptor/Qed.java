package dev.tiller.rewards.molecule.descriptor;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.molecule.Molecule;
import dev.tiller.rewards.molecule.MoleculeReward;
import dev.tiller.rewards.molecule.Substructure;
import dev.tiller.rewards.molecule.TableResource;
import java.util.ArrayList;
import java.util.List;

/**
 * The quantitative estimate of drug-likeness, in (0, 1]: the weighted geometric mean of the
 * desirabilities of eight properties, with the weights that carry the most information (Bickerton
 * et al., Nature Chemistry 4, 2012). The properties are counted as RDKit does.
 *
 * <p>Each desirability is {@code (a + b / (1 + exp(-(x - c + d/2) / e)) * (1 - 1 / (1 + exp(-(x - c
 * - d/2) / f)))) / max}.
 */
public final class Qed {
    private static final String NAME = "qed";
    private static final List<Property> PROPERTIES = new ArrayList<>();
    private static final List<Substructure> ACCEPTORS = new ArrayList<>();
    private static final List<Substructure> ALERTS = new ArrayList<>();

    static {
        for (String[] row : TableResource.rows(Qed.class, "qed.tsv")) {
            switch (row[0]) {
                case "property" -> PROPERTIES.add(Property.of(row));
                case "acceptor" -> ACCEPTORS.add(Substructure.of(row[1]));
                default -> ALERTS.add(Substructure.of(row[1]));
            }
        }
    }

    private Qed() {}

    /**
     * Names the properties.
     *
     * @return weight, log P, acceptors, donors, polar surface, rotatable bonds, aromatic rings and
     *     alerts
     */
    public static List<String> names() {
        return PROPERTIES.stream().map(Property::name).toList();
    }

    /**
     * Returns the eight properties.
     *
     * @param molecule the molecule
     * @return the values of {@link #names}
     */
    public static double[] properties(Molecule molecule) {
        int acceptors = 0;
        for (Substructure acceptor : ACCEPTORS) {
            acceptors += acceptor.countIn(molecule);
        }
        int alerts = 0;
        for (Substructure alert : ALERTS) {
            alerts += alert.isIn(molecule) ? 1 : 0;
        }
        return new double[] {
            MolecularWeight.of(molecule),
            LogP.of(molecule),
            acceptors,
            Counts.donors(molecule),
            PolarSurface.of(molecule),
            Counts.rotatableBonds(molecule),
            Counts.aromaticRings(molecule),
            alerts
        };
    }

    /**
     * Returns the estimate.
     *
     * @param properties the values of {@link #properties}
     * @return a number in (0, 1]
     */
    public static double of(double[] properties) {
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < properties.length; i++) {
            Property property = PROPERTIES.get(i);
            sum += property.weight() * StrictMath.log(property.desirability(properties[i]));
            weights += property.weight();
        }
        return StrictMath.exp(sum / weights);
    }

    private record Property(String name, double[] parameters, double most, double weight) {
        static Property of(String[] row) {
            double[] parameters = new double[6];
            for (int i = 0; i < parameters.length; i++) {
                parameters[i] = Double.parseDouble(row[2 + i]);
            }
            return new Property(
                    row[1], parameters, Double.parseDouble(row[8]), Double.parseDouble(row[9]));
        }

        double desirability(double x) {
            double[] p = parameters;
            double rise = 1 + StrictMath.exp(-(x - p[2] + p[3] / 2) / p[4]);
            double fall = 1 + StrictMath.exp(-(x - p[2] - p[3] / 2) / p[5]);
            return (p[0] + p[1] / rise * (1 - 1 / fall)) / most;
        }
    }

    /** Listed in META-INF/services under the name {@code qed}. */
    public static final class Provider implements RewardProvider<InvalidScore> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Quantitative estimate of drug-likeness of a molecule, 0 to 1.";
        }

        @Override
        public Class<InvalidScore> optionsType() {
            return InvalidScore.class;
        }

        @Override
        public InvalidScore defaults() {
            return new InvalidScore(0);
        }

        @Override
        public Reward create(InvalidScore options, RewardContext context) {
            return new MoleculeReward(
                    NAME,
                    names(),
                    options.invalid(),
                    molecule -> {
                        double[] properties = properties(molecule);
                        double[] row = new double[properties.length + 1];
                        row[0] = of(properties);
                        System.arraycopy(properties, 0, row, 1, properties.length);
                        return row;
                    });
        }
    }
}
