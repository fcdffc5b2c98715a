package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.zoo.ModuleOptions.Layout;
import dev.tiller.zoo.architecture.Input;
import dev.tiller.zoo.onnx.OnnxSession;
import dev.tiller.zoo.torchscript.TorchScript;
import dev.tiller.zoo.weights.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Rewards that are read from the files of other programs as they are. The file decides the engine,
 * whatever the backend of the run.
 */
public final class ModuleRewards {
    private static final String ONNX = "onnx";
    private static final String TORCHSCRIPT = "torchscript";

    private ModuleRewards() {}

    /** Opens a module. */
    @FunctionalInterface
    private interface Opener {
        Reward open(Path file, String digest) throws IOException;
    }

    /** Listed in META-INF/services under the name {@code onnx}. Has no gradient. */
    public static final class OnnxProvider implements RewardProvider<ModuleOptions> {

        /** Made by the service loader. */
        public OnnxProvider() {}

        @Override
        public String name() {
            return ONNX;
        }

        @Override
        public String description() {
            return "What an ONNX graph gives for one-hot letters (any alphabet; no gradient).";
        }

        @Override
        public Class<ModuleOptions> optionsType() {
            return ModuleOptions.class;
        }

        @Override
        public ModuleOptions defaults() {
            return ModuleOptions.defaults();
        }

        @Override
        public Reward create(ModuleOptions options, RewardContext context) {
            Device device = Devices.parse(context.device(), Backend.ONNX);
            int gpu = device.isGpu() ? device.getDeviceId() : -1;
            return open(ONNX, options, (file, digest) -> graph(options, file, digest, gpu));
        }
    }

    /** Listed in META-INF/services under the name {@code torchscript}. Has a gradient. */
    public static final class TorchScriptProvider implements RewardProvider<ModuleOptions> {

        /** Made by the service loader. */
        public TorchScriptProvider() {}

        @Override
        public String name() {
            return TORCHSCRIPT;
        }

        @Override
        public String description() {
            return "What a TorchScript module gives for one-hot letters (any alphabet).";
        }

        @Override
        public Class<ModuleOptions> optionsType() {
            return ModuleOptions.class;
        }

        @Override
        public ModuleOptions defaults() {
            return ModuleOptions.defaults();
        }

        @Override
        public Reward create(ModuleOptions options, RewardContext context) {
            Device device = Devices.parse(context.device(), Backend.PYTORCH);
            return open(
                    TORCHSCRIPT,
                    options,
                    (file, digest) ->
                            new ScriptReward(
                                    TORCHSCRIPT, options, TorchScript.load(file, device), digest));
        }
    }

    private static Reward open(String name, ModuleOptions options, Opener opener) {
        Path file = options.file();
        if (file == null || !Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    "option 'file' of reward '"
                            + name
                            + "' must be a file, got "
                            + (file == null ? "none" : file));
        }
        try {
            return opener.open(file, Digests.sha256(file));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "file of reward '" + name + "' cannot be read: " + e, e);
        }
    }

    private static Reward graph(ModuleOptions options, Path file, String digest, int gpu)
            throws IOException {
        OnnxSession session =
                new OnnxSession(
                        "ONNX graph " + file,
                        Files.readAllBytes(file),
                        new OnnxSession.Options(1, gpu));
        ModuleOptions fitted;
        try {
            fitted = fit(options, session.inputs(), session.onGpu());
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
        return new ModuleReward(ONNX, fitted, session, digest);
    }

    /** Checks the input that a graph declares, and takes the length from it if it is fixed. */
    private static ModuleOptions fit(ModuleOptions options, List<Input> inputs, boolean onGpu) {
        boolean last = options.layout() == Layout.CHANNELS_LAST;
        long rows = onGpu ? Network.ROWS_PER_CALL_GPU : Network.ROWS_PER_CALL;
        int letters = options.letters().length();
        Input input = inputs.get(0);
        Shape shape = input.shape();
        boolean fits =
                inputs.size() == 1
                        && input.type() == DataType.FLOAT32
                        && shape.dimension() == 3
                        && isFreeOr(rows, shape.get(0))
                        && isFreeOr(letters, shape.get(last ? 2 : 1));
        long length = fits ? shape.get(last ? 1 : 2) : -1;
        boolean lengthFits = options.length() == 0 || isFreeOr(options.length(), length);
        if (!fits || !lengthFits) {
            String wanted = options.length() == 0 ? "L" : String.valueOf(options.length());
            throw new IllegalArgumentException(
                    "ONNX graph "
                            + options.file()
                            + " must have one input, float32 [B, "
                            + (last ? wanted + ", " + letters : letters + ", " + wanted)
                            + "] with B free, got "
                            + inputs.stream().map(i -> i.type() + " " + i.shape()).toList()
                            + "; see the options letters, length and layout");
        }
        return length <= 0
                ? options
                : new ModuleOptions(
                        options.file(),
                        options.letters(),
                        (int) length,
                        options.mean(),
                        options.std(),
                        options.output(),
                        options.layout());
    }

    private static boolean isFreeOr(long wanted, long size) {
        return size < 0 || size == wanted;
    }
}
