package dev.tiller.zoo;

import java.util.Locale;

/** An engine of inference. */
public enum Backend {
    /** The fastest that runs the network without changing what it computes. */
    AUTO,
    /** DJL with libtorch, which has gradients as well. */
    PYTORCH,
    /** ONNX Runtime, for inference alone. */
    ONNX;

    /**
     * Finds an engine by name.
     *
     * @param name auto, pytorch or onnx
     * @return the engine
     * @throws IllegalArgumentException if there is no such engine
     */
    public static Backend parse(String name) {
        for (Backend backend : values()) {
            if (backend.toString().equals(name)) {
                return backend;
            }
        }
        throw new IllegalArgumentException(
                "backend must be auto, pytorch or onnx, got '" + name + "'");
    }

    /** Returns the name used on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
