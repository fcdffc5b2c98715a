package dev.tiller.rewards.protein.property;

import dev.tiller.rewards.NumberForm;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;

/** The net charge of a protein at an acidity; see {@link Charge}. */
public final class NetCharge {
    private static final String NAME = "net-charge";

    private NetCharge() {}

    /**
     * At which acidity, and how the charge makes a score.
     *
     * @param ph the acidity, in [0, 14]
     * @param form the charge itself, minus it, or minus its distance to the target
     * @param target the wanted charge; only the form {@code target} heeds it
     */
    public record Options(double ph, NumberForm form, double target) {

        /** Checks the acidity and the target. */
        public Options {
            if (!(ph >= 0 && ph <= 14)) { // also rejects NaN
                throw new IllegalArgumentException(
                        "ph must be in [0, 14], got " + ph + "; 7.4 is that of blood");
            }
            form = new PropertyOptions(form, target).form();
        }

        /**
         * Returns the options that hold where none are given.
         *
         * @return the charge at 7.4 is the score
         */
        public static Options defaults() {
            return new Options(7.4, NumberForm.VALUE, 0);
        }
    }

    /** Listed in META-INF/services under the name {@code net-charge}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Net charge of a protein at an acidity (Bjellqvist).";
        }

        @Override
        public Class<Options> optionsType() {
            return Options.class;
        }

        @Override
        public Options defaults() {
            return Options.defaults();
        }

        @Override
        public Reward create(Options options, RewardContext context) {
            return new ProteinReward(
                    NAME,
                    sequence -> Charge.at(sequence, options.ph()),
                    new PropertyOptions(options.form(), options.target()));
        }
    }
}
