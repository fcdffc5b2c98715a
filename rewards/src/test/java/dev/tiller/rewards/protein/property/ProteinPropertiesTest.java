package dev.tiller.rewards.protein.property;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers of Biopython's ProtParam for well-known proteins. */
final class ProteinPropertiesTest {
    private static final String GROWTH_FACTOR =
            "MAEGEITTFTALTEKFNLPPGNYKKPKLLYCSNGGHFLRILPDGTVDGTRDRSDQHIQLQLSAESVGEVYIKSTETGQYLAMD"
                    + "TSGLLYGSQTPSEECLFLERLEENHYNTYTSKKHAEKNWFVGLKKNGSCKRGPRTHYGQKAILFLPLPV";
    private static final String LYSOZYME =
            "KVFGRCELAAAMKRHGLDNYRGYSLGNWVCAAKFESNFNTQATNRNTDGSTDYGILQINSRWWCNDGRTPGSRNLCNIPCSAL"
                    + "LSSDITASVNCAKKIVSDGNGMNAWVAWRNRCKGTDVQAWIRGCRL";
    private static final String UBIQUITIN =
            "MQIFVKTLTGKTITLEVEPSDTIENVKAKIQDKEGIPPDQQRLIFAGKQLEDGRTLSDYNIQKESTLHLVLRLRGG";

    private static Reward reward(String name, Map<String, ?> options) {
        return Rewards.load().create(name, options, RewardContext.cpu());
    }

    private static double score(String name, String sequence) {
        return score(name, Map.of(), sequence);
    }

    private static double score(String name, Map<String, ?> options, String sequence) {
        return reward(name, options).score(new Designs(List.of(sequence)))[0];
    }

    @ParameterizedTest
    @CsvSource({
        "isoelectric-point, 7.7225, 9.3238, 6.5616, 0.001",
        "net-charge,        0.3599, 7.3806, -0.6897, 0.0001",
        "gravy,            -0.5974, -0.4721, -0.4895, 0.0001",
        "instability-index, -41.9803, -16.0915, -36.0553, 0.0001",
        "aliphatic-index,  72.5000, 65.1163, 100, 0.0001",
        "protein-weight,   17103.16, 14313.00, 8564.74, 0.05"
    })
    void agreesWithProtParam(
            String name, double factor, double lysozyme, double ubiquitin, double tolerance) {
        assertEquals(factor, score(name, GROWTH_FACTOR), tolerance);
        assertEquals(lysozyme, score(name, LYSOZYME), tolerance);
        assertEquals(ubiquitin, score(name, UBIQUITIN), tolerance);
    }

    @Test
    void endsHaveConstantsOfTheirOwn() {
        assertEquals(4.5321, score("isoelectric-point", "PETER"), 0.001);
        assertEquals(9.7500, score("isoelectric-point", "INGAR"), 0.001);
        assertEquals(0.7601, score("net-charge", Map.of("ph", "7"), "INGAR"), 0.0001);
        // the N-terminus of A at its constant is half charged, the C-terminus of D too
        assertEquals(0.5 - 1 / (1 + Math.pow(10, 3.55 - 7.59)), Charge.at("AG", 7.59), 1e-12);
        assertEquals(
                1 / (1 + Math.pow(10, 4.55 - 7.5)) - 0.5 - 1 / (1 + Math.pow(10, 4.05 - 4.55)),
                Charge.at("GD", 4.55),
                1e-12);
    }

    @Test
    void formMakesTheScore() {
        assertEquals(0.4895, score("gravy", Map.of("form", "negative"), UBIQUITIN), 1e-4);
        Map<String, String> target = Map.of("form", "target", "target", "7");
        assertEquals(-2.3238, score("isoelectric-point", target, LYSOZYME), 0.001);
        assertEquals(16.0915, score("instability-index", Map.of("form", "value"), LYSOZYME), 1e-4);
        assertEquals(
                16.0915,
                reward("instability-index", Map.of())
                        .breakdown(new Designs(List.of(LYSOZYME)))
                        .values()[0][0],
                1e-4);
    }

    @Test
    void unknownResiduesAreLeftOut() {
        assertEquals(4.5, score("gravy", "IXI"));
        assertEquals(0, score("gravy", "XX"));
        assertEquals(390, score("aliphatic-index", "XL"));
        assertEquals(Charge.at("GKG", 7.4), score("net-charge", "GKXG"), 1e-12);
        assertEquals(0, score("instability-index", "AXC"));
        assertEquals(110, score("protein-weight", "AX") - score("protein-weight", "A"), 1e-9);
    }

    @Test
    void compositionIsATotalVariationDistance() {
        Map<String, String> halves = Map.of("composition", "A=0.5,K=0.5");
        Reward reward = reward("amino-acid-composition", halves);
        assertArrayEquals(
                new double[] {0, 0, -0.5, -0.25, -1, -1},
                reward.score(new Designs(List.of("AK", "KAX", "AAA", "AAAK", "CD", "X"))),
                1e-12);
        String natural = "ARNDCQEGHILKMFPSTWYV";
        // half of the sum of |1/20 - q| over the shares of Robinson and Robinson
        assertEquals(-0.16480, score("amino-acid-composition", natural), 1e-5);
    }

    @ParameterizedTest
    @CsvSource({"A=0.5;B=0.5", "A=0.5", "A=x", "A=-0.5;C=1.5", "''", "A"})
    void rejectsWhatIsNoComposition(String composition) {
        String given = composition.replace(';', ',');
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new AminoAcidComposition.Options(
                                        given.isEmpty() ? List.of() : List.of(given.split(","))));
        assertEquals(
                "composition must be shares of amino acids that add up to 1, got "
                        + given
                        + "; write for example A=0.5,E=0.25,K=0.25",
                e.getMessage());
    }

    @Test
    void findsLowComplexitySegments() {
        String all = "ACDEFGHIKLMNPQRSTVWY";
        Reward reward = reward("low-complexity", Map.of());
        assertArrayEquals(
                new double[] {0, -1, 0, -25 / 52.0, -18 / 30.0, 0},
                reward.score(
                        new Designs(
                                List.of(
                                        all,
                                        "A".repeat(12),
                                        "A".repeat(11),
                                        all + "Q".repeat(12) + all,
                                        "MKVLATSPSPSPSGSPSPWQRTYHDNEFIK",
                                        "AAAAAAXAAAAAA"))),
                1e-12);
    }

    @Test
    void rejectsBadOptions() {
        assertEquals(
                "reward 'net-charge': ph must be in [0, 14], got 15.0; 7.4 is that of blood",
                message(() -> reward("net-charge", Map.of("ph", "15"))));
        assertEquals(
                "window must be at least 2, got 1",
                message(() -> new LowComplexity.Options(1, 2, 3)));
        assertEquals(
                "trigger and extension must be bits, 0 or more, the trigger not above the"
                        + " extension, got 3.0 and 2.0",
                message(() -> new LowComplexity.Options(12, 3, 2)));
        assertEquals(
                "design must have a letter for reward 'gravy', got an empty one; leave empty"
                        + " designs out",
                message(() -> score("gravy", "")));
    }

    private static String message(Runnable run) {
        return assertThrows(IllegalArgumentException.class, run::run).getMessage();
    }
}
