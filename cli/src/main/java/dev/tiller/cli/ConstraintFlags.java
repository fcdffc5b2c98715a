package dev.tiller.cli;

import dev.tiller.cli.run.JobYaml;
import dev.tiller.sampler.constraint.Constraints;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Constraints on the command line: {@code forbid=GAATTC,GGATCC}, {@code fixed=1:ATG;48:TAA}, {@code
 * allowed=1-10,15:ACG}, or a file of them.
 */
final class ConstraintFlags {
    private ConstraintFlags() {}

    /** Returns the canonical form, which job files hold. */
    static Map<String, Object> read(Map<String, String> flags) throws IOException {
        Map<String, Object> plain = new LinkedHashMap<>();
        for (Map.Entry<String, String> flag : flags.entrySet()) {
            String value = flag.getValue();
            switch (flag.getKey()) {
                case "file" -> plain.putAll(JobYaml.readMap(Path.of(value)));
                case "forbid", "require", "tied" -> plain.put(flag.getKey(), split(value, ","));
                case "fixed", "allowed" -> plain.put(flag.getKey(), pairs(flag.getKey(), value));
                default -> plain.put(flag.getKey(), value);
            }
        }
        return Constraints.parse(plain).toMap();
    }

    private static List<String> split(String text, String by) {
        return Arrays.stream(text.split(by, -1)).map(String::strip).toList();
    }

    private static Map<String, String> pairs(String key, String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : split(text, ";")) {
            int colon = pair.indexOf(':');
            if (colon < 0) {
                throw new IllegalArgumentException(
                        "--constraint "
                                + key
                                + " must be POSITION:LETTERS, several separated by semicolons, got"
                                + " '"
                                + pair
                                + "'");
            }
            pairs.put(pair.substring(0, colon).strip(), pair.substring(colon + 1).strip());
        }
        return pairs;
    }
}
