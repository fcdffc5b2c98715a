package dev.tiller.cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The resident size of this process, now and at its largest, where the system tells. */
public final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private PeakMemory() {}

    static OptionalLong mebibytes() {
        return read("VmHWM:");
    }

    /**
     * Returns the resident size now.
     *
     * @return MiB, or empty if the system does not tell
     */
    public static OptionalLong residentMebibytes() {
        return read("VmRSS:");
    }

    private static OptionalLong read(String entry) {
        if (!Files.isReadable(STATUS)) {
            return OptionalLong.empty();
        }
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(entry))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty(); // a number for people, not worth a failed run
        }
    }
}
