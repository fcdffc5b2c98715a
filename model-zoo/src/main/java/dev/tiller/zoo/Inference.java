package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.tiller.zoo.onnx.OnnxCache;
import dev.tiller.zoo.onnx.OnnxSession;
import dev.tiller.zoo.registry.Places;
import dev.tiller.zoo.torchscript.TorchScript;
import dev.tiller.zoo.weights.Digests;
import dev.tiller.zoo.weights.WeightFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;

/**
 * Opens the networks of model folders on the engine that was asked for.
 *
 * <p>{@link Backend#AUTO} takes ONNX Runtime on the CPU, where it is about 1.3 to 2.5 times as
 * fast, and DJL's engine on a GPU, or where a network cannot be exported.
 */
final class Inference {
    private static final String CACHE = "onnx";
    private static final int[] VERIFIED_ROWS = {Network.ROWS_PER_CALL};

    private Inference() {}

    static Network open(ModelDirectory model, Backend requested, Device device) {
        if (ForeignModule.isForeign(model.config())) {
            return foreign(model, requested, device);
        }
        if (requested == Backend.PYTORCH) {
            return onEngine(model, device, "as asked for");
        }
        if (requested == Backend.AUTO && device.isGpu()) {
            return onEngine(model, device, "on a GPU");
        }
        try {
            String why = requested == Backend.ONNX ? "as asked for" : "fastest without gradients";
            return onRuntime(model, device, why);
        } catch (UnsupportedOperationException | LinkageError e) {
            if (requested == Backend.ONNX) {
                throw new IllegalArgumentException(
                        "ONNX Runtime cannot run it: " + e.getMessage() + "; use --backend pytorch",
                        e);
            }
            return onEngine(model, device, "for ONNX Runtime cannot: " + e.getMessage());
        }
    }

    /** A TorchScript module runs on libtorch alone, an ONNX graph on ONNX Runtime alone. */
    private static Network foreign(ModelDirectory model, Backend requested, Device device) {
        boolean script = model.config().architecture().equals(ForeignModule.TORCHSCRIPT);
        Backend only = script ? Backend.PYTORCH : Backend.ONNX;
        if (requested != Backend.AUTO && requested != only) {
            throw new IllegalArgumentException(
                    "backend of a model of architecture "
                            + model.config().architecture()
                            + " must be "
                            + only
                            + " or auto, got "
                            + requested);
        }
        int gpu = device.isGpu() ? device.getDeviceId() : -1;
        String name = "model '" + model.config().name() + "'";
        InferenceSession module;
        try {
            module =
                    script
                            ? TorchScript.load(model.moduleFile(), device)
                            : new OnnxSession(
                                    name, model.module(), new OnnxSession.Options(1, gpu));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ForeignModule session = new ForeignModule(module, model.config());
        return new Network(
                session,
                model.digest(),
                only + " (the only one for architecture " + model.config().architecture() + ")",
                session.carriesGradients()
                        ? InputGradients.of(session)
                        : InputGradients.none(noGradient(model.config())));
    }

    private static String noGradient(ModelConfig config) {
        boolean graph = config.architecture().equals(ForeignModule.ONNX);
        return "model '"
                + config.name()
                + "' has no gradient, for "
                + (graph
                        ? "architecture onnx is a graph of ONNX Runtime, which has none"
                        : "denoisers of architecture "
                                + config.architecture()
                                + " read whole tokens alone");
    }

    private static Network onEngine(ModelDirectory model, Device device, String why) {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            BlockSession session = session(model, manager, device);
            String where = device.isGpu() ? "GPU " + device.getDeviceId() : "CPU";
            return new Network(
                    session, model.digest(), "pytorch (libtorch, " + where + "; " + why + ")");
        }
    }

    /** The same network on DJL's engine, for gradients. */
    private static BlockSession twin(ModelDirectory model, String digest, Device device) {
        if (!model.digest().equals(digest)) {
            throw new IllegalStateException(
                    "weights of model '"
                            + model.config().name()
                            + "' must not change while it is in use, got others in "
                            + model);
        }
        return block(model, device);
    }

    /** The network on DJL's engine. */
    static BlockSession block(ModelDirectory model, Device device) {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            return session(model, manager, device);
        }
    }

    private static BlockSession session(ModelDirectory model, NDManager manager, Device device) {
        try (WeightFile weights = model.weights(manager)) {
            return new BlockSession(model.block(), weights.tensors(), device);
        }
    }

    private static Network onRuntime(ModelDirectory model, Device device, String why) {
        int gpu = device.isGpu() ? device.getDeviceId() : -1;
        OnnxCache cache = new OnnxCache(Places.ofSystem().cache().resolve(CACHE));
        String digest = model.digest();
        byte[] graph =
                cache.get(
                        new String[] {
                            digest,
                            model.config().architecture(),
                            model.config().architectureConfig().toString(),
                            Boolean.toString(model.config().timeConditioning()),
                            Integer.toString(model.config().length()),
                            Program.DIGEST
                        },
                        () -> ModelExport.trace(model, VERIFIED_ROWS).graph());
        OnnxSession session =
                new OnnxSession(
                        "model '" + model.config().name() + "'",
                        graph,
                        new OnnxSession.Options(1, gpu));
        String where = gpu >= 0 ? "GPU " + gpu : "CPU";
        String version = OnnxSession.version();
        return new Network(
                session,
                digest,
                "onnx (ONNX Runtime " + version + ", " + where + "; " + why + ")",
                InputGradients.ofTwin(() -> twin(model, digest, device)));
    }

    /** The program that exports; another version exports anew. */
    private static final class Program {
        static final String DIGEST = digest();

        private static String digest() {
            CodeSource source = Inference.class.getProtectionDomain().getCodeSource();
            try {
                Path place = source == null ? null : Path.of(source.getLocation().toURI());
                boolean jar = place != null && Files.isRegularFile(place);
                return jar ? Digests.sha256(place) : "classes";
            } catch (IOException | URISyntaxException e) {
                return "unknown";
            }
        }
    }
}
