package dev.tiller.rewards;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where a reward may compute.
 *
 * @param device {@code cpu}, or {@code gpu:N} with the number of the device, such as {@code gpu:0}
 * @param backend {@code auto}, {@code pytorch} or {@code onnx}: the engine that networks run on
 */
public record RewardContext(String device, String backend) {
    private static final Pattern DEVICE = Pattern.compile("cpu|gpu:\\d{1,4}");
    private static final Set<String> BACKENDS = Set.of("auto", "pytorch", "onnx");

    /** Checks the names. */
    public RewardContext {
        if (device == null || !DEVICE.matcher(device).matches()) {
            throw new IllegalArgumentException(
                    "device must be cpu or gpu:N, got " + device + "; write for example gpu:0");
        }
        if (backend == null || !BACKENDS.contains(backend)) {
            throw new IllegalArgumentException(
                    "backend must be auto, pytorch or onnx, got " + backend);
        }
    }

    /**
     * Returns the context for computing on the processor.
     *
     * @return the context with device {@code cpu} and backend {@code auto}
     */
    public static RewardContext cpu() {
        return new RewardContext("cpu", "auto");
    }
}
