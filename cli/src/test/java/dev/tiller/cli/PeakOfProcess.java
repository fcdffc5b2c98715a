package dev.tiller.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The largest resident size of a process on Linux, read while it lives. */
final class PeakOfProcess {
    private PeakOfProcess() {}

    /** Waits for the end of a process and returns its peak in MiB. */
    static long mebibytes(Process process) throws Exception {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        long peak = 0;
        while (process.isAlive()) {
            try {
                peak =
                        Files.readAllLines(status).stream()
                                .filter(line -> line.startsWith("VmHWM:"))
                                .map(line -> line.replaceAll("\\D", ""))
                                .mapToLong(kib -> Long.parseLong(kib) / 1024)
                                .max()
                                .orElse(peak);
            } catch (IOException e) {
                break; // it ended between the two lines
            }
            Thread.sleep(50);
        }
        return peak;
    }
}
