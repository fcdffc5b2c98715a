package dev.tiller.zoo;

import java.util.Optional;

/**
 * The predicted log-odds, in nats, that a human sequence of 200 letters is open in the liver cell
 * line HepG2 rather than one of the other classes of Agarwal et al. 2025, and the network that
 * checks it, trained on other sequences.
 */
public final class EnhancerClass {
    private static final String NAME = "enhancer-class";
    private static final String REFEREE_NAME = "enhancer-class-referee";

    private EnhancerClass() {}

    /** Listed in META-INF/services under the name {@code enhancer-class}. */
    public static final class Provider extends RewardModelProvider {

        /** Made by the service loader. */
        public Provider() {
            super(
                    NAME,
                    "Log-odds that 200 letters of human DNA are an enhancer of HepG2 cells (DNA).",
                    NAME,
                    Optional.of(REFEREE_NAME));
        }
    }

    /** Listed in META-INF/services under the name {@code enhancer-class-referee}. */
    public static final class RefereeProvider extends RewardModelProvider {

        /** Made by the service loader. */
        public RefereeProvider() {
            super(
                    REFEREE_NAME,
                    "Log-odds predicted by a network trained on other enhancers; checks"
                            + " enhancer-class (DNA).",
                    REFEREE_NAME,
                    Optional.empty());
        }
    }
}
