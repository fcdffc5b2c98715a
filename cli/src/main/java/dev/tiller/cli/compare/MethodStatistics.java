package dev.tiller.cli.compare;

import dev.tiller.cli.run.DesignRow;
import dev.tiller.cli.run.Quantiles;
import dev.tiller.rewards.Notation;
import dev.tiller.rewards.molecule.fingerprint.MoleculeDiversity;
import dev.tiller.rewards.sequence.Diversity;
import dev.tiller.sampler.Randomness;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the designs of one method, those of all seeds together, are like.
 *
 * @param reward the rewards
 * @param referee the referee's scores, or null without a referee
 * @param diversity mean share of positions at which two designs of one seed differ; of molecules
 *     one minus their mean similarity
 * @param uniqueShare share of different designs
 * @param ancestors mean number of particles of the prior that have descendants at the end, NaN for
 *     methods without particles
 * @param logLikelihood median lower bound of log p(x0) under the model, nats per design
 */
record MethodStatistics(
        Spread reward,
        Spread referee,
        double diversity,
        double uniqueShare,
        double ancestors,
        double logLikelihood) {
    /**
     * Quantiles with their bootstrap intervals.
     *
     * @param median 50 % quantile
     * @param medianInterval its 95 % interval
     * @param upper 90 % quantile
     * @param upperInterval its 95 % interval
     */
    record Spread(
            double median,
            Bootstrap.Interval medianInterval,
            double upper,
            Bootstrap.Interval upperInterval) {
        static Spread of(double[] values, Randomness noise) {
            Bootstrap bootstrap = new Bootstrap(noise);
            return new Spread(
                    Quantiles.of(values, 0.5),
                    bootstrap.interval(values, v -> Quantiles.of(v, 0.5)),
                    Quantiles.of(values, 0.9),
                    bootstrap.interval(values, v -> Quantiles.of(v, 0.9)));
        }
    }

    /**
     * Computes the statistics.
     *
     * @param seeds the designs of each seed
     * @param notation how they are written
     * @param logLikelihoods bound of each design
     * @param noise randomness of the bootstrap
     */
    static MethodStatistics of(
            List<List<DesignRow>> seeds,
            Notation notation,
            double[] logLikelihoods,
            Randomness noise) {
        List<DesignRow> all = seeds.stream().flatMap(List::stream).toList();
        double[] rewards = all.stream().mapToDouble(DesignRow::reward).toArray();
        double[] referees = all.stream().mapToDouble(DesignRow::referee).toArray();
        double diversity =
                seeds.stream()
                        .flatMap(rows -> byBackbone(rows).stream())
                        .mapToDouble(rows -> diversity(texts(rows), notation))
                        .average()
                        .orElse(0);
        double ancestors =
                all.stream()
                        .mapToDouble(row -> row.columns().getOrDefault("ancestors", Double.NaN))
                        .average()
                        .orElse(Double.NaN);
        return new MethodStatistics(
                Spread.of(rewards, noise),
                Double.isNaN(referees[0]) ? null : Spread.of(referees, noise),
                diversity,
                Diversity.uniqueShare(texts(all)),
                ancestors,
                logLikelihoods.length == 0 ? Double.NaN : Quantiles.of(logLikelihoods, 0.5));
    }

    /** Designs for different backbones are not compared with each other. */
    private static Collection<List<DesignRow>> byBackbone(List<DesignRow> rows) {
        return rows.stream()
                .collect(
                        Collectors.groupingBy(
                                row -> row.columns().getOrDefault(DesignRow.BACKBONE, 0.0),
                                TreeMap::new,
                                Collectors.toList()))
                .values();
    }

    private static double diversity(List<String> designs, Notation notation) {
        return notation == Notation.SMILES
                ? MoleculeDiversity.meanPairwiseDistance(designs)
                : Diversity.meanPairwiseDistance(designs);
    }

    private static List<String> texts(List<DesignRow> rows) {
        return rows.stream().map(DesignRow::design).toList();
    }
}
