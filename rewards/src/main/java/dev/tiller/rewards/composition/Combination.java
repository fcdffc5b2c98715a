package dev.tiller.rewards.composition;

import java.util.List;
import java.util.stream.Stream;

/**
 * The number that a composition makes of transformed scores, and its gradient. Scores of components
 * come first, those of penalties after them.
 */
final class Combination {
    private final Aggregate aggregate;
    private final List<Component> terms;
    private final int components;
    private final double[] shares;

    Combination(Composition composition) {
        aggregate = composition.aggregate();
        components = composition.components().size();
        terms =
                Stream.concat(composition.components().stream(), composition.penalties().stream())
                        .toList();
        double[] weights =
                composition.components().stream().mapToDouble(Component::weight).toArray();
        double[] means = aggregate.shares(weights);
        shares = new double[terms.size()];
        System.arraycopy(means, 0, shares, 0, components);
        for (int i = components; i < shares.length; i++) {
            shares[i] = terms.get(i).weight();
        }
    }

    /** Components and penalties. */
    List<Component> terms() {
        return terms;
    }

    /**
     * Combines.
     *
     * @param transformed one transformed score for each of {@link #terms()}
     * @param design the number of the design from 0, for errors
     */
    double value(double[] transformed, int design) {
        requireRanges(transformed, design);
        double base = aggregateOf(transformed);
        boolean penalised = components < terms.size();
        if (penalised && base < 0) {
            throw new IllegalArgumentException(
                    "aggregate must be 0 or more for penalties to lower it, got "
                            + base
                            + " for design "
                            + (design + 1)
                            + "; give the components transforms");
        }
        double value = penalised ? base * power(transformed, components, terms.size(), -1) : base;
        if (!Double.isFinite(value)) {
            throw new IllegalStateException(
                    "combined score of design " + (design + 1) + " must be finite, got " + value);
        }
        return value;
    }

    private void requireRanges(double[] transformed, int design) {
        for (int i = 0; i < transformed.length; i++) {
            boolean penalty = i >= components;
            double score = transformed[i];
            boolean below = score < 0 && (penalty || aggregate.needsNonNegative());
            if (below || (penalty && score > 1)) {
                throw new IllegalArgumentException(
                        "transformed score of '"
                                + terms.get(i).column()
                                + "' must be "
                                + (penalty ? "in [0, 1]" : "0 or more")
                                + " in a "
                                + (penalty ? "penalty" : aggregate + " aggregate")
                                + ", got "
                                + score
                                + " for design "
                                + (design + 1)
                                + "; give it a transform such as sigmoid or linear");
            }
        }
    }

    private double aggregateOf(double[] transformed) {
        return switch (aggregate) {
            case ARITHMETIC -> {
                double sum = 0;
                for (int i = 0; i < components; i++) {
                    sum += shares[i] * transformed[i];
                }
                yield sum;
            }
            case GEOMETRIC, PRODUCT -> power(transformed, 0, components, -1);
        };
    }

    /** prod_i T_i^share_i over a range, one term left out. */
    private double power(double[] transformed, int start, int end, int without) {
        double product = 1;
        for (int i = start; i < end; i++) {
            if (i != without) {
                product *= StrictMath.pow(transformed[i], shares[i]);
            }
        }
        return product;
    }

    /**
     * Differentiates {@link #value} by the raw score of one term.
     *
     * @param transformed one transformed score for each of {@link #terms()}
     * @param i the term
     * @param slope the derivative of its transform
     * @return the derivative, 0 where the slope is
     */
    double derivative(double[] transformed, int i, double slope) {
        if (slope == 0 || shares[i] == 0) {
            return 0;
        }
        int end = terms.size();
        boolean penalty = i >= components;
        double others;
        double own;
        if (penalty) {
            others = aggregateOf(transformed) * power(transformed, components, end, i);
            own = powerDerivative(transformed[i], shares[i]);
        } else if (aggregate == Aggregate.ARITHMETIC) {
            others = power(transformed, components, end, -1);
            own = shares[i];
        } else {
            others = power(transformed, 0, end, i);
            own = powerDerivative(transformed[i], shares[i]);
        }
        double derivative = others == 0 ? 0 : others * own * slope;
        if (!Double.isFinite(derivative)) {
            throw new IllegalStateException(
                    "gradient of '"
                            + terms.get(i).column()
                            + "' must be finite, got "
                            + derivative
                            + " at a transformed score of "
                            + transformed[i]
                            + "; give it a transform that stays above 0, such as sigmoid");
        }
        return derivative;
    }

    private static double powerDerivative(double base, double exponent) {
        return exponent * StrictMath.pow(base, exponent - 1);
    }
}
