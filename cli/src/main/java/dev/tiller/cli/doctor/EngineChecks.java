package dev.tiller.cli.doctor;

import ai.djl.engine.Engine;
import ai.djl.util.Utils;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Checks the engines; each is started, which loads its native libraries. */
public final class EngineChecks {
    private static final Path NVIDIA_DRIVER = Path.of("/proc/driver/nvidia/version");

    private final Supplier<Engine> pytorch;
    private final Supplier<Runtime> onnxRuntime;
    private Engine engine;
    private Runtime runtime;

    /**
     * What is known of ONNX Runtime.
     *
     * @param version its version
     * @param providers what it can run on
     */
    record Runtime(String version, String providers) {
        private static Runtime start() {
            String providers =
                    OrtEnvironment.getAvailableProviders().stream()
                            .map(OrtProvider::getName)
                            .collect(Collectors.joining(", "));
            return new Runtime(OrtEnvironment.getEnvironment().getVersion(), providers);
        }
    }

    /** Prepares checks of the engines of this process. */
    public EngineChecks() {
        this(() -> Engine.getEngine("PyTorch"), Runtime::start);
    }

    /** Prepares checks of other engines. */
    EngineChecks(Supplier<Engine> pytorch, Supplier<Runtime> onnxRuntime) {
        this.pytorch = pytorch;
        this.onnxRuntime = onnxRuntime;
    }

    /**
     * Starts PyTorch.
     *
     * @return its version and where its libraries are
     */
    public Section pytorch() {
        return Section.of(
                "PyTorch",
                "without it nothing runs: see that "
                        + Utils.getEngineCacheDir("pytorch")
                        + " can be written and its file system has room, and that this system is"
                        + " one that libtorch is built for",
                notes -> {
                    Engine started =
                            Objects.requireNonNull(pytorch.get(), "the engine is not installed");
                    notes.fact("libtorch", started.getVersion());
                    notes.fact("DJL", Engine.getDjlVersion());
                    notes.fact("libraries in", Utils.getEngineCacheDir("pytorch"));
                    notes.fact(
                            "threads of a call",
                            System.getProperty("ai.djl.pytorch.num_threads", "all")
                                    + " in sampling, where calls run side by side; all processors"
                                    + " in training");
                    engine = started;
                });
    }

    /**
     * Starts ONNX Runtime.
     *
     * @return its version and what it can run on
     */
    public Section onnxRuntime() {
        return Section.of(
                "ONNX Runtime",
                "sampling then runs on PyTorch, which is slower on a CPU",
                notes -> {
                    Runtime started = onnxRuntime.get();
                    notes.fact("version", started.version());
                    notes.fact("providers", started.providers());
                    runtime = started;
                });
    }

    /**
     * Lists the devices that PyTorch sees.
     *
     * @return the names that {@code --device} takes
     */
    public Section devices() {
        return Section.of(
                "Devices",
                "use --device cpu",
                notes -> {
                    int processors = java.lang.Runtime.getRuntime().availableProcessors();
                    notes.fact("cpu", processors + " processors, as many worker threads");
                    for (int i = 0; i < gpus(); i++) {
                        notes.fact("gpu:" + i, "seen by PyTorch");
                    }
                    if (hasOnnxRuntime()) {
                        boolean cuda =
                                runtime.providers().toLowerCase(Locale.ROOT).contains("cuda");
                        notes.fact("GPU of ONNX Runtime", cuda ? "CUDA" : "none");
                    }
                    if (hasPyTorch() && gpus() == 0 && Files.exists(NVIDIA_DRIVER)) {
                        notes.problem(
                                "an NVIDIA driver is here, but PyTorch sees no GPU: this build"
                                    + " brings libtorch for CPUs; build it with"
                                    + " pytorch-native-cu128 in place of pytorch-native-cpu to use"
                                    + " the GPU");
                    }
                });
    }

    /**
     * Tells whether PyTorch was started.
     *
     * @return whether {@link #pytorch()} found it
     */
    public boolean hasPyTorch() {
        return engine != null;
    }

    /**
     * Tells whether ONNX Runtime was started.
     *
     * @return whether {@link #onnxRuntime()} found it
     */
    public boolean hasOnnxRuntime() {
        return runtime != null;
    }

    /**
     * Counts GPUs.
     *
     * @return how many PyTorch sees
     */
    public int gpus() {
        return engine == null ? 0 : engine.getGpuCount();
    }
}
