package dev.tiller.rewards.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HomopolymerTest extends AnyLettersContract {

    @Override
    protected Reward reward() {
        return new Homopolymer(Homopolymer.Options.defaults());
    }

    @Test
    void penalisesLongestRunAlone() {
        Reward reward = new Homopolymer(new Homopolymer.Options(2));
        // longest runs by hand: 0, 1, 2, 3, 5 at the end, 4 at the start
        Designs designs = new Designs(List.of("", "ACG", "AAC", "AAACCC", "AAACTTTTT", "GGGGAAA"));
        assertArrayEquals(new double[] {0, 0, 0, -1, -3, -2}, reward.score(designs));
    }

    @Test
    void rejectsRunOfNothing() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> new Homopolymer.Options(0));
        assertEquals(
                "allowed must be at least 1, got 0; 1 forbids any letter to follow itself",
                e.getMessage());
    }
}
