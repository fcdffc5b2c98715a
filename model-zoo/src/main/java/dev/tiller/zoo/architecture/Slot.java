package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.numerics.Tensors;

/**
 * A place for one of a network's parameters.
 *
 * @param parameter holds the array, once there is one
 * @param shape the shape of the array
 * @param initial the distribution of its first elements
 * @param trained whether training changes it
 */
record Slot(Parameter parameter, Shape shape, Initial initial, boolean trained) {

    static Slot of(String name, Initial initial, boolean trained, Shape shape) {
        Parameter parameter =
                Parameter.builder()
                        .setName(name)
                        .setType(Parameter.Type.OTHER)
                        .optRequiresGrad(trained)
                        .build();
        return new Slot(parameter, shape, initial, trained);
    }

    NDArray array() {
        return parameter.getArray();
    }

    /** Takes an array as it is, and closes the one before. */
    void set(NDArray array) {
        parameter.close();
        parameter.setShape(null);
        parameter.setArray(array);
        array.setRequiresGradient(parameter.requiresGradient());
    }

    /**
     * Copies for certain: on the same device {@code toDevice(device, true)} shares the memory,
     * which may be that of a Java buffer that is freed with the given array.
     */
    void copy(NDArray given, NDManager owner) {
        NDArray there = given.toDevice(owner.getDevice(), false);
        NDArray copy = there.duplicate();
        copy.attach(owner);
        if (there != given) {
            there.close();
        }
        set(copy);
    }

    /** Draws the first elements; {@code position} and {@code candidate} are their address. */
    void draw(Randomness noise, int position, int candidate, NDManager owner) {
        int size = Math.toIntExact(shape.size());
        double[] uniforms = new double[initial.uniforms(size)];
        noise.fill(position, 0, Purpose.INITIALIZATION, candidate, uniforms);
        set(Tensors.create(owner, initial.elements(uniforms, size), shape));
    }
}
