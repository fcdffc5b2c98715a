package dev.tiller.finetune.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestKeyTest {
    @Test
    void countsLetters() {
        assertEquals(0, NearestKey.distance("seed", "seed"));
        assertEquals(4, NearestKey.distance("", "seed"));
        assertEquals(1, NearestKey.distance("sed", "seed"));
        assertEquals(1, NearestKey.distance("sead", "seed"));
        assertEquals(3, NearestKey.distance("kitten", "sitting"));
    }

    @Test
    void suggestsSlipsAlone() {
        List<String> known = List.of("steps", "seed", "roll_outs");
        assertEquals(" (did you mean 'roll_outs'?)", NearestKey.suggestion("rollouts", known));
        assertEquals(" (did you mean 'steps'?)", NearestKey.suggestion("step", known));
        assertEquals("", NearestKey.suggestion("lr", known));
        assertEquals("", NearestKey.suggestion("lr", List.of()));
    }
}
