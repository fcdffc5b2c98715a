package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.engine.Engine;
import dev.tiller.zoo.onnx.OnnxSession;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Devices by name. */
public final class Devices {
    private static final Pattern GPU = Pattern.compile("gpu:(\\d{1,4})");

    private Devices() {}

    /**
     * Finds a device that an engine can use.
     *
     * @param name {@code cpu}, or {@code gpu:N} with the number of the device
     * @param backend the engine
     * @return the device
     * @throws IllegalArgumentException if the name is malformed or the engine has no such device
     */
    public static Device parse(String name, Backend backend) {
        Matcher gpu = GPU.matcher(name);
        if (backend == Backend.ONNX && gpu.matches()) {
            OnnxSession.requireCuda(name);
            return Device.gpu(Integer.parseInt(gpu.group(1)));
        }
        return parse(name);
    }

    /**
     * Finds a device of DJL's engine.
     *
     * @param name {@code cpu}, or {@code gpu:N} with the number of the device
     * @return the device
     * @throws IllegalArgumentException if the name is malformed or this machine has no such device
     */
    public static Device parse(String name) {
        if (name.equals("cpu")) {
            return Device.cpu();
        }
        Matcher gpu = GPU.matcher(name);
        if (!gpu.matches()) {
            throw new IllegalArgumentException("device must be cpu or gpu:N, got " + name);
        }
        int number = Integer.parseInt(gpu.group(1));
        int count = Engine.getInstance().getGpuCount();
        if (number >= count) {
            throw new IllegalArgumentException(
                    "device must be one of this machine, which has "
                            + count
                            + " GPUs that the engine can use, got "
                            + name
                            + "; choose cpu");
        }
        return Device.gpu(number);
    }
}
