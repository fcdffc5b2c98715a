package dev.tiller.rewards;

import java.util.regex.Pattern;

/**
 * Where a reward may compute.
 *
 * @param device {@code cpu}, or {@code gpu:N} with the number of the device, such as {@code gpu:0}
 */
public record RewardContext(String device) {
    private static final Pattern DEVICE = Pattern.compile("cpu|gpu:\\d{1,4}");

    /** Checks the name of the device. */
    public RewardContext {
        if (device == null || !DEVICE.matcher(device).matches()) {
            throw new IllegalArgumentException(
                    "device must be cpu or gpu:N, got " + device + "; write for example gpu:0");
        }
    }

    /**
     * Returns the context for computing on the processor.
     *
     * @return the context with device {@code cpu}
     */
    public static RewardContext cpu() {
        return new RewardContext("cpu");
    }
}
