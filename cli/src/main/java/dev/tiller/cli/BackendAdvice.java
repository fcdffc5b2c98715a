package dev.tiller.cli;

import java.util.List;

/** What {@code auto} chooses, and why. */
final class BackendAdvice {
    private BackendAdvice() {}

    /**
     * Says what runs networks.
     *
     * @param pytorch whether the PyTorch engine starts
     * @param onnx whether ONNX Runtime starts
     * @param gpus the number of GPUs that PyTorch sees
     * @return one line for each kind of work
     */
    static List<String> lines(boolean pytorch, boolean onnx, int gpus) {
        if (!pytorch) {
            return List.of("nothing can run: all arrays are PyTorch's");
        }
        String device = gpus > 0 ? "gpu:0" : "cpu";
        String sampling;
        if (gpus > 0) {
            sampling = "pytorch on gpu:0, the first GPU";
        } else if (onnx) {
            sampling = "onnx on cpu, fastest without gradients";
        } else {
            sampling = "pytorch on cpu, for ONNX Runtime does not start";
        }
        return List.of(
                "sampling and scores: " + sampling,
                "training and gradients: pytorch on " + device + ", which alone has gradients");
    }
}
