package dev.tiller.zoo;

import java.util.Optional;

/**
 * The predicted expression that a yeast promoter of 80 letters drives in complex medium, in the
 * units of Vaishnav et al. 2022 (0 to 17), and the network that checks it, trained on other
 * promoters.
 */
public final class YeastExpression {
    private static final String NAME = "yeast-expression";
    private static final String REFEREE_NAME = "yeast-expression-referee";

    private YeastExpression() {}

    /** Listed in META-INF/services under the name {@code yeast-expression}. */
    public static final class Provider extends RewardModelProvider {

        /** Made by the service loader. */
        public Provider() {
            super(
                    NAME,
                    "Predicted expression from a yeast promoter of 80 letters (DNA).",
                    NAME,
                    Optional.of(REFEREE_NAME));
        }
    }

    /** Listed in META-INF/services under the name {@code yeast-expression-referee}. */
    public static final class RefereeProvider extends RewardModelProvider {

        /** Made by the service loader. */
        public RefereeProvider() {
            super(
                    REFEREE_NAME,
                    "Expression predicted by a network trained on other promoters; checks"
                            + " yeast-expression (DNA).",
                    REFEREE_NAME,
                    Optional.empty());
        }
    }
}
