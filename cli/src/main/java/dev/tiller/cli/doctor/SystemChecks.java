package dev.tiller.cli.doctor;

import dev.tiller.zoo.registry.Sizes;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.util.Properties;

/** Checks the program and the machine. */
public final class SystemChecks {
    private static final long SMALLEST_HEAP = 250_000_000;

    private SystemChecks() {}

    /**
     * Checks the program.
     *
     * @return its version and those of its libraries
     */
    public static Section tiller() {
        return Section.of(
                "Tiller",
                "build it anew",
                notes -> {
                    Properties build = new Properties();
                    try (InputStream in =
                            SystemChecks.class.getResourceAsStream(
                                    "/dev/tiller/cli/build.properties")) {
                        build.load(in);
                    }
                    notes.fact("version", build.getProperty("tiller"));
                    notes.fact("built for DJL", build.getProperty("djl"));
                    notes.fact("built for libtorch", build.getProperty("libtorch"));
                });
    }

    /**
     * Checks Java and the machine.
     *
     * @return versions, processors and memory
     */
    public static Section machine() {
        return Section.of(
                "Java and machine",
                "use Java 17 or newer",
                notes -> {
                    notes.fact(
                            "Java",
                            System.getProperty("java.version")
                                    + ", "
                                    + System.getProperty("java.vm.name"));
                    notes.fact(
                            "system",
                            System.getProperty("os.name")
                                    + " "
                                    + System.getProperty("os.version")
                                    + ", "
                                    + System.getProperty("os.arch"));
                    notes.fact("processors", Runtime.getRuntime().availableProcessors());
                    memory(notes);
                });
    }

    private static void memory(Section.Notes notes) {
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean system) {
            notes.fact(
                    "memory",
                    Sizes.text(system.getTotalMemorySize())
                            + ", of which free "
                            + Sizes.text(system.getFreeMemorySize()));
        }
        long heap = Runtime.getRuntime().maxMemory();
        notes.fact("heap limit", Sizes.text(heap));
        if (heap < SMALLEST_HEAP) {
            notes.problem(
                    "heap limit must be "
                            + Sizes.text(SMALLEST_HEAP)
                            + " or more to be of use, got "
                            + Sizes.text(heap)
                            + "; set TILLER_JAVA_OPTS=-Xmx1g");
        }
    }
}
