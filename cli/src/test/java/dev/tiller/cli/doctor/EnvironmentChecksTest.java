package dev.tiller.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentChecksTest {
    @Test
    void tellsOnlyWhatMatters() {
        Section section = EnvironmentChecks.check(Map.of("OMP_NUM_THREADS", "2", "SECRET", "x"));
        assertEquals(Map.of("OMP_NUM_THREADS", "2"), section.facts());
        assertEquals(List.of(), section.problems());
    }

    @Test
    void hidesPasswords() {
        Section section =
                EnvironmentChecks.check(Map.of("https_proxy", "http://ann:secret@proxy:3128"));
        assertEquals("http://...@proxy:3128", section.facts().get("https_proxy"));
        assertTrue(section.problems().get(0).contains("-Dhttps.proxyHost=HOST"));
    }

    @Test
    void variablesThatMisleadTheEngineAreProblems() {
        Section section =
                EnvironmentChecks.check(
                        Map.of("DJL_DEFAULT_ENGINE", "OnnxRuntime", "PYTORCH_VERSION", "1.0"));
        assertEquals(2, section.problems().size());
        section.problems().forEach(problem -> assertTrue(problem.endsWith("; unset it"), problem));
        assertEquals(
                List.of(),
                EnvironmentChecks.check(Map.of("DJL_DEFAULT_ENGINE", "PyTorch")).problems());
    }
}
