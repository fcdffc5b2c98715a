package dev.tiller.rewards.protein.property;

import dev.tiller.rewards.NumberForm;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.protein.Backbone;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How near the shares p of the amino acids are to given ones q: minus the total variation distance,
 * - 1/2 sum |p - q|, in [-1, 0], 0 is best. X is left out; a design of X alone scores -1.
 */
public final class AminoAcidComposition {
    private static final String NAME = "amino-acid-composition";
    private static final Pattern SHARE = Pattern.compile("[A-Z]=[0-9.eE+-]+");
    private static final double ROUNDING = 1e-3;

    /** Proteins in nature (Robinson and Robinson, PNAS 88, 1991). */
    private static final List<String> NATURAL =
            List.of(
                    "A=0.07805",
                    "C=0.01925",
                    "D=0.05364",
                    "E=0.06295",
                    "F=0.03856",
                    "G=0.07377",
                    "H=0.02199",
                    "I=0.05142",
                    "K=0.05744",
                    "L=0.09019",
                    "M=0.02243",
                    "N=0.04487",
                    "P=0.05203",
                    "Q=0.04264",
                    "R=0.05129",
                    "S=0.07120",
                    "T=0.05841",
                    "V=0.06441",
                    "W=0.01330",
                    "Y=0.03216");

    private AminoAcidComposition() {}

    private static double distance(String sequence, double[] wanted) {
        double[] shares = new double[wanted.length];
        int known = 0;
        for (char letter : sequence.toCharArray()) {
            int index = Backbone.AMINO_ACIDS.indexOf(letter);
            if (index >= 0) {
                shares[index]++;
                known++;
            }
        }
        double distance = 0;
        for (int i = 0; i < wanted.length; i++) {
            distance += Math.abs((known == 0 ? 0 : shares[i] / known) - wanted[i]) / 2;
        }
        return known == 0 ? 1 : Math.min(1, distance);
    }

    private static double[] shares(List<String> composition) {
        double[] shares = new double[Backbone.AMINO_ACIDS.length()];
        double sum = 0;
        for (String item : composition) {
            int index =
                    SHARE.matcher(item).matches()
                            ? Backbone.AMINO_ACIDS.indexOf(item.charAt(0))
                            : -1;
            if (index < 0) {
                throw wrong(composition);
            }
            try {
                shares[index] += Double.parseDouble(item.substring(2));
            } catch (NumberFormatException e) {
                throw wrong(composition);
            }
            if (!(shares[index] >= 0)) {
                throw wrong(composition);
            }
        }
        for (double share : shares) {
            sum += share;
        }
        if (!(Math.abs(sum - 1) <= ROUNDING)) {
            throw wrong(composition);
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] /= sum;
        }
        return shares;
    }

    private static IllegalArgumentException wrong(List<String> composition) {
        return new IllegalArgumentException(
                "composition must be shares of amino acids that add up to 1, got "
                        + String.join(",", composition)
                        + "; write for example A=0.5,E=0.25,K=0.25");
    }

    /**
     * The wanted composition.
     *
     * @param composition letters with their shares, such as {@code A=0.5}; a letter that is not
     *     given has the share 0
     */
    public record Options(List<String> composition) {

        /** Checks the shares, which add up to 1 within 0.001. */
        public Options {
            composition = List.copyOf(composition);
            shares(composition);
        }

        /**
         * Returns the options that hold where none are given.
         *
         * @return the composition of proteins in nature
         */
        public static Options defaults() {
            return new Options(NATURAL);
        }
    }

    /** Listed in META-INF/services under the name {@code amino-acid-composition}. */
    public static final class Provider implements RewardProvider<Options> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Nearness of the shares of the amino acids to those of nature, or to given"
                    + " ones.";
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
            double[] wanted = shares(options.composition());
            return new ProteinReward(
                    NAME,
                    sequence -> distance(sequence, wanted),
                    new PropertyOptions(NumberForm.NEGATIVE, 0));
        }
    }
}
