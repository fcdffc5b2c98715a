package dev.tiller.cli.run;

import ai.djl.engine.Engine;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.Devices;
import java.util.regex.Pattern;

/** How the tensor engine is set up for a command. */
public final class EngineSettings {
    private static final Pattern GPU = Pattern.compile("gpu:\\d{1,3}");

    private EngineSettings() {}

    /**
     * Prepares the engine; to be called before anything else touches it.
     *
     * @param threadsPerCall threads inside one network call. 1 for sampling, where worker threads
     *     share the calls, so that results do not depend on the number of threads
     */
    public static void configure(int threadsPerCall) {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threadsPerCall));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
    }

    /**
     * Resolves a device name for an engine.
     *
     * @param name auto, cpu or gpu:N
     * @param backend the engine that is to use the device
     * @return cpu or gpu:N, which is there
     * @throws IllegalArgumentException if the name is not one of these or the GPU is not there
     */
    public static String device(String name, Backend backend) {
        if (backend == Backend.ONNX && GPU.matcher(name).matches()) {
            Devices.parse(name, backend);
            return name;
        }
        return device(name);
    }

    /**
     * Resolves a device name for DJL's engine.
     *
     * @param name auto, cpu or gpu:N
     * @return cpu or gpu:N, which is there
     * @throws IllegalArgumentException if the name is not one of these or the GPU is not there
     */
    public static String device(String name) {
        if (name.equals("cpu")) {
            return name;
        }
        int gpus = Engine.getEngine("PyTorch").getGpuCount();
        if (name.equals("auto")) {
            return gpus > 0 ? "gpu:0" : "cpu";
        }
        if (!GPU.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "--device must be auto, cpu or gpu:N, got '" + name + "'");
        }
        if (Integer.parseInt(name.substring(4)) >= gpus) {
            throw new IllegalArgumentException(
                    "--device must be a GPU that PyTorch sees, got "
                            + name
                            + " where it sees "
                            + gpus
                            + "; use --device cpu or auto");
        }
        return name;
    }
}
