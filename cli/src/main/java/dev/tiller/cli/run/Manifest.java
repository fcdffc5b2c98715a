package dev.tiller.cli.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;

/** What made the designs: {@code manifest.json}. */
final class Manifest {
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    private Manifest() {}

    static void write(
            Path file,
            SamplingJob job,
            Map<String, String> digests,
            Counts counts,
            double seconds,
            List<DesignRow> designs)
            throws IOException {
        Map<String, Object> content = new LinkedHashMap<>();
        boolean whole = designs.size() == job.num();
        content.put("status", whole ? "complete" : "reward budget spent");
        content.put("designs", designs.size());
        content.put("model", job.model());
        content.put("reward", job.reward());
        content.put("method", job.method().toString());
        content.put("seed", job.seed());
        content.put("device", job.device());
        content.put("backend", job.backend().toString());
        content.put("threads", job.threads());
        content.put("sha256", digests);
        content.put("wall_seconds", Math.round(seconds * 1000) / 1000.0);
        content.put("denoiser_rows", counts.denoiserRows());
        content.put("denoiser_rows_without_savings", counts.denoiserRowsWithoutSavings());
        content.put("value_rows", counts.valueRows());
        content.put("value_rows_without_savings", counts.valueRowsWithoutSavings());
        content.put("reward_rows", counts.rewardRows());
        content.put("reward_rows_without_savings", counts.rewardRowsWithoutSavings());
        content.put("gradient_rows", counts.gradientRows());
        OptionalLong peak = PeakMemory.mebibytes();
        if (peak.isPresent()) {
            content.put("peak_memory_mib", peak.getAsLong());
        }
        content.put("versions", versions());
        AtomicFiles.write(file, JSON.writeValueAsString(content) + System.lineSeparator());
    }

    private static Map<String, String> versions() throws IOException {
        Properties build = new Properties();
        try (InputStream in =
                Manifest.class.getResourceAsStream("/dev/tiller/cli/build.properties")) {
            build.load(in);
        }
        Map<String, String> versions = new LinkedHashMap<>();
        for (String name : new String[] {"tiller", "djl", "libtorch", "onnxruntime", "arrow"}) {
            versions.put(name, build.getProperty(name));
        }
        versions.put("java", System.getProperty("java.version"));
        versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        return versions;
    }
}
