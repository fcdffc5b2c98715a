package dev.tiller.rewards.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LengthPenaltyTest extends AnyLettersContract {

    @Override
    protected Reward reward() {
        return new LengthPenalty(LengthPenalty.Options.defaults());
    }

    @Test
    void countsLettersOutOfRange() {
        Reward reward = new LengthPenalty(new LengthPenalty.Options(2, 3));
        Designs designs = new Designs(List.of("", "A", "AC", "ACD", "ACDEF"));
        assertArrayEquals(new double[] {-2, -1, 0, 0, -2}, reward.score(designs));
    }

    @Test
    void aimsAtOneLength() {
        Reward reward = new LengthPenalty(new LengthPenalty.Options(2, 2));
        Designs designs = new Designs(List.of("A", "AC", "ACG"));
        assertArrayEquals(new double[] {-1, 0, -1}, reward.score(designs));
    }

    @Test
    void rejectsEmptyRange() {
        for (int[] range : new int[][] {{-1, 2}, {3, 2}}) {
            IllegalArgumentException e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> new LengthPenalty.Options(range[0], range[1]));
            assertEquals(
                    "min and max must be 0 <= min <= max, got "
                            + range[0]
                            + " and "
                            + range[1]
                            + "; give both the same value for a target length",
                    e.getMessage());
        }
    }
}
