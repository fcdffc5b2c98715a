package dev.tiller.rewards.molecule.fingerprint;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.molecule.MoleculeReward;
import dev.tiller.rewards.molecule.Substructure;
import java.util.List;
import java.util.Objects;

/** Whether a molecule has a pattern given as SMARTS, or how often. */
public final class SubstructureReward {
    private static final String NAME = "substructure";

    private SubstructureReward() {}

    /** What to report of the matches. */
    public enum Form {
        /** 1 if the pattern matches, else 0. */
        PRESENCE,
        /** The number of matches with different sets of atoms. */
        COUNT
    }

    /**
     * What to look for.
     *
     * @param smarts the pattern
     * @param form what to report
     * @param invalid the score of a design that is no molecule
     */
    public record Options(String smarts, Form form, double invalid) {

        /** Checks the score; the pattern is read when the reward is made. */
        public Options {
            Objects.requireNonNull(form, "form");
            MoleculeReward.invalid(invalid, 0);
        }
    }

    /** Listed in META-INF/services under the name {@code substructure}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Whether a molecule has a pattern given as SMARTS, or how often.";
        }

        @Override
        public Class<Options> optionsType() {
            return Options.class;
        }

        @Override
        public Options defaults() {
            return new Options(null, Form.PRESENCE, 0);
        }

        @Override
        public Reward create(Options options, RewardContext context) {
            if (options.smarts() == null) {
                throw new IllegalArgumentException(
                        "smarts must be a pattern for reward 'substructure', got none; set for"
                                + " example smarts=C(=O)[OH]");
            }
            Substructure pattern = Substructure.of(options.smarts());
            return new MoleculeReward(
                    NAME,
                    List.of(),
                    options.invalid(),
                    molecule ->
                            new double[] {
                                switch (options.form()) {
                                    case PRESENCE -> pattern.isIn(molecule) ? 1 : 0;
                                    case COUNT -> pattern.countIn(molecule);
                                }
                            });
        }
    }
}
