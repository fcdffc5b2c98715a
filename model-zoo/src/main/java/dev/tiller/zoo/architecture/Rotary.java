package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

/**
 * Rotary position embedding (Su et al., "RoFormer", 2021) with base 10000, in the form that turns
 * feature i together with feature i + D / 2 of a head of D features.
 */
final class Rotary {
    private static final double BASE = 10000;

    private Rotary() {}

    /** Radians per position, [D / 2]. */
    static float[] frequencies(int features) {
        float[] frequencies = new float[features / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = (float) (1 / StrictMath.pow(BASE, 2.0 * i / features));
        }
        return frequencies;
    }

    /** Cosines and sines of all positions, two arrays [L, D / 2]. */
    static NDList tables(int length, int features, NDManager manager) {
        float[] frequencies = frequencies(features);
        float[] cosines = new float[length * frequencies.length];
        float[] sines = new float[cosines.length];
        for (int i = 0; i < cosines.length; i++) {
            float angle = i / frequencies.length * frequencies[i % frequencies.length];
            cosines[i] = (float) StrictMath.cos(angle);
            sines[i] = (float) StrictMath.sin(angle);
        }
        Shape shape = new Shape(length, frequencies.length);
        // copies lie in the engine's memory, where a gradient still finds them after this scope
        return new NDList(
                manager.create(cosines, shape).duplicate(),
                manager.create(sines, shape).duplicate());
    }

    /** Turns every position of [B, heads, L, D] by its angles. */
    static NDArray rotate(NDArray x, NDList tables) {
        NDArray cosines = tables.get(0);
        NDArray sines = tables.get(1);
        long half = cosines.getShape().get(1);
        NDArray first = x.get(new NDIndex(":, :, :, :{}", half));
        NDArray second = x.get(new NDIndex(":, :, :, {}:", half));
        NDArray turnedFirst = first.mul(cosines).sub(second.mul(sines));
        NDArray turnedSecond = second.mul(cosines).add(first.mul(sines));
        return turnedFirst.concat(turnedSecond, 3);
    }
}
