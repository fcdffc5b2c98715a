package dev.tiller.zoo.registry;

import java.util.Locale;

/** Numbers of bytes for people. */
public final class Sizes {
    private static final String[] UNITS = {"kB", "MB", "GB", "TB"};
    private static final double STEP = 1000;

    private Sizes() {}

    /**
     * Writes a number of bytes.
     *
     * @param bytes the number, >= 0
     * @return such as {@code 12 B} or {@code 1.5 MB}, a unit being 1000 of the one before
     */
    public static String text(long bytes) {
        if (bytes < STEP) {
            return bytes + " B";
        }
        double value = bytes / STEP;
        int unit = 0;
        // 999.95 would be written as 1000.0
        while (value >= STEP - 0.05 && unit < UNITS.length - 1) {
            value /= STEP;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }
}
