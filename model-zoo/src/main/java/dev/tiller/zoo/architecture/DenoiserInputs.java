package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;

/**
 * The inputs of a denoiser, told apart by their dtypes.
 *
 * @param x tokens, int64 [B, L], or soft tokens, float32 [B, L, V]
 * @param sigma the noise, float32 [B]; null if it was left out
 * @param label the class, int64 [B]; null unless the network is guided by classes
 */
record DenoiserInputs(NDArray x, NDArray sigma, NDArray label) {

    static DenoiserInputs of(NDList inputs, boolean guided) {
        NDArray sigma = null;
        NDArray label = null;
        for (int i = 1; i < inputs.size(); i++) {
            NDArray input = inputs.get(i);
            boolean vector = input.getShape().dimension() == 1;
            if (vector && input.getDataType() == DataType.FLOAT32 && i == 1) {
                sigma = input;
            } else if (vector && input.getDataType() == DataType.INT64 && label == null) {
                label = input;
            } else {
                throw unexpected(inputs, guided);
            }
        }
        if (inputs.isEmpty() || guided != (label != null)) {
            throw unexpected(inputs, guided);
        }
        return new DenoiserInputs(inputs.head(), sigma, label);
    }

    private static IllegalArgumentException unexpected(NDList inputs, boolean guided) {
        StringBuilder got = new StringBuilder();
        for (NDArray input : inputs) {
            got.append(got.isEmpty() ? "" : ", ").append(input.getDataType());
            got.append(" ").append(input.getShape());
        }
        return new IllegalArgumentException(
                "inputs must be (x) or (x, sigma)"
                        + (guided ? ", each with the class after it" : "")
                        + "; sigma is float32 [B]"
                        + (guided ? ", the class int64 [B]" : "")
                        + "; got ("
                        + got
                        + ")");
    }

    /** Tells tokens (true) from soft tokens over {@code v} letters. */
    static boolean requireTokens(NDArray x, int v) {
        boolean tokens = x.getDataType() == DataType.INT64 && x.getShape().dimension() == 2;
        boolean soft = x.getDataType() == DataType.FLOAT32 && x.getShape().dimension() == 3;
        if (!tokens && !(soft && x.getShape().get(2) == v)) {
            throw new IllegalArgumentException(
                    "x must be int64 [B, L] or float32 [B, L, "
                            + v
                            + "], got "
                            + x.getDataType()
                            + " "
                            + x.getShape());
        }
        return tokens;
    }
}
