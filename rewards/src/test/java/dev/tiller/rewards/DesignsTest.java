package dev.tiller.rewards;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.rewards.sequence.GcContent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DesignsTest {
    private final Reward reward = new GcContent(GcContent.Options.defaults());

    @Test
    void keepsItsOwnCopy() {
        List<String> given = new ArrayList<>(List.of("A", "C"));
        Designs designs = new Designs(given);
        given.set(0, "G");
        assertEquals(List.of("A", "C"), designs.sequences());
        assertThrows(UnsupportedOperationException.class, () -> designs.sequences().add("T"));
        assertEquals(2, designs.size());
    }

    @Test
    void keepsDesignsAndConditionsTogether() {
        Condition one = () -> "one";
        Condition other = () -> "other";
        Designs designs = new Designs(List.of("A", "A", "C"), List.of(one, other, one));
        assertEquals(List.of("A\none", "A\nother", "C\none"), designs.keys());
        Designs some = designs.select(2, 1);
        assertEquals(List.of("C", "A"), some.sequences());
        assertEquals(List.of(one, other), some.conditions());
        assertEquals(one, designs.condition(0).orElseThrow());
        assertEquals(List.of("A"), new Designs(List.of("A")).keys());
        Exception e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new Designs(List.of("A", "C"), List.of(one)));
        assertEquals(
                "conditions must be none or one for each of the 2 designs, got 1", e.getMessage());
    }

    @Test
    void rejectsNull() {
        assertThrows(NullPointerException.class, () -> new Designs(null));
        assertThrows(NullPointerException.class, () -> new Designs(Arrays.asList("A", null)));
    }

    @Test
    void namesFirstUnreadableLetterAndItsPlace() {
        Designs designs = new Designs(List.of("ACGU", "ACNJ"));
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> designs.requireReadableBy(reward));
        assertEquals(
                "letters of a design must be of ACGTU for reward 'gc-content', got 'N' in design 2"
                        + " at position 3; choose a reward that reads the model's alphabet",
                e.getMessage());
    }

    @Test
    void acceptsReadableLettersAndEmptyDesigns() {
        new Designs(List.of("ACGTU", "")).requireReadableBy(reward);
    }
}
