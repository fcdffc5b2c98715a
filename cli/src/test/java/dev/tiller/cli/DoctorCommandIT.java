package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandIT {
    @TempDir private Path folder;

    @Test
    void findsTheEnginesOfThisBuild() {
        CommandLineRun run = CommandLineRun.of("doctor");
        assertEquals(0, run.exitCode(), run.err());
        for (String part :
                List.of(
                        "Tiller\n",
                        "Java and machine\n",
                        "PyTorch\n  libtorch",
                        "ONNX Runtime\n  version",
                        "CPUExecutionProvider",
                        "Cache\n",
                        "Models\n",
                        "Environment\n",
                        "auto\n",
                        "Tiller can sample here: ")) {
            String text = run.out().replace("\r\n", "\n");
            assertTrue(text.contains(part), part + " in " + text);
        }
    }

    @Test
    void writesJson() throws Exception {
        CommandLineRun run = CommandLineRun.of("doctor", "--json");
        assertEquals(0, run.exitCode(), run.err());
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertTrue(json.get("can_sample").asBoolean());
        assertEquals(9, json.get("sections").size());
    }

    @Test
    void anEngineThatDoesNotStartIsAProblemAndCodeOne() throws Exception {
        Path log = folder.resolve("log.txt");
        Process process =
                CommandLineRun.start(
                        log,
                        builder -> builder.environment().put("PYTORCH_VERSION", "1.0"),
                        "doctor");
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        String text = Files.readString(log);
        assertEquals(1, process.exitValue(), text);
        assertTrue(text.contains("! Failed to load PyTorch native library ("), text);
        assertTrue(text.contains("Tiller cannot sample here: "), text);
        assertTrue(!text.contains("\tat "), text);
    }
}
