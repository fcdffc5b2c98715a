package dev.tiller.zoo;

import java.util.Optional;

/** The predicted mean ribosome load of a 5'UTR, and the independent network that checks it. */
public final class RibosomeLoad {
    private static final String NAME = "mrl";
    private static final String REFEREE_NAME = "mrl-referee";

    private RibosomeLoad() {}

    /** Listed in META-INF/services under the name {@code mrl}. */
    public static final class Provider extends RewardModelProvider {

        /** Made by the service loader. */
        public Provider() {
            super(
                    NAME,
                    "Predicted mean ribosome load of a 5'UTR of 50 letters (RNA).",
                    "rna-utr5-mrl",
                    Optional.of(REFEREE_NAME));
        }
    }

    /** Listed in META-INF/services under the name {@code mrl-referee}. */
    public static final class RefereeProvider extends RewardModelProvider {

        /** Made by the service loader. */
        public RefereeProvider() {
            super(
                    REFEREE_NAME,
                    "Mean ribosome load predicted by an independent network; checks mrl (RNA).",
                    "rna-utr5-mrl-referee",
                    Optional.empty());
        }
    }
}
