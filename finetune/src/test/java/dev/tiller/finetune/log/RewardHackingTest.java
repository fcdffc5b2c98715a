package dev.tiller.finetune.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RewardHackingTest {
    /** Returns after which validations a warning comes. */
    private static List<Integer> warned(double[] rewards, double[] referees) {
        List<MetricsRow> rows = new ArrayList<>();
        List<Integer> warned = new ArrayList<>();
        for (int i = 0; i < rewards.length; i++) {
            Map<String, Double> validation =
                    Map.of("reward_median", rewards[i], "referee_median", referees[i]);
            rows.add(MetricsRow.of(10L * i, 1, 1, 1, Map.of(), validation));
            if (RewardHacking.warning(rows).isPresent()) {
                warned.add(i);
            }
        }
        return warned;
    }

    @Test
    void warnsOnceWhenTheyPart() {
        double[] rising = {1, 2, 3, 4, 5, 6, 7};
        assertEquals(List.of(2, 6), warned(rising, new double[] {1, 2, 1.5, 1, 1.2, 1.2, 1}));
        assertEquals(List.of(1), warned(rising, new double[] {7, 6, 5, 4, 3, 2, 1}));
        assertEquals(List.of(), warned(rising, rising));
    }

    @Test
    void isSilentWhereTheRewardDoesNotRise() {
        double[] falling = {4, 3, 2, 2};
        assertEquals(List.of(), warned(falling, new double[] {4, 3, 2, 1}));
        double[] unknown = {Double.NaN, 1, Double.NaN, 2};
        assertEquals(List.of(), warned(unknown, falling));
    }

    @Test
    void isSilentWithoutAReferee() {
        MetricsRow row = MetricsRow.of(0, 1, 1, 1, Map.of(), Map.of("reward_median", 1.0));
        MetricsRow more = MetricsRow.of(1, 1, 1, 1, Map.of(), Map.of("reward_median", 2.0));
        assertEquals(true, RewardHacking.warning(List.of(row, more)).isEmpty());
        assertEquals(true, RewardHacking.warning(List.of()).isEmpty());
    }

    @Test
    void saysWhatItSaw() {
        List<MetricsRow> rows = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Map<String, Double> validation =
                    Map.of("reward_median", i + 0.5, "referee_median", 3.0 - i);
            rows.add(MetricsRow.of(20L * i, 1, 1, 1, Map.of(), validation));
        }
        assertEquals(
                "warning: from step 0 to 20 the reward rose (median 0.5000 to 1.5000) while its"
                    + " referee fell (3.0000 to 2.0000); the model may be exploiting the reward:"
                    + " look at the designs, raise the KL weight or stop here",
                RewardHacking.warning(rows).orElseThrow());
    }
}
