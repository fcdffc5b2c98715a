package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * The inputs of ProteinMPNN, told apart by the axes of the first two.
 *
 * @param form what is computed from what
 * @param arrays the inputs, in the order in which they were given
 */
record ProteinInputs(Form form, NDList arrays) {
    private static final int COORDINATE_AXES = 4;

    /** What a call computes. */
    enum Form {
        /** Letters from letters and a structure. */
        WHOLE("tokens, coordinates [B, L, 4, 3], neighbours, edge_mask, offsets, mask", 6, 1),
        /** What a decoder needs from a structure. */
        ENCODER("coordinates [1, L, 4, 3], neighbours, edge_mask, offsets, mask", 5, 0),
        /** Letters from letters and an encoded structure. */
        DECODER("tokens, nodes [1, L, H], edges [D, L, k, H], neighbours, edge_mask, mask", 6, 1);

        private final String inputs;
        private final int count;
        private final int first;

        Form(String inputs, int count, int first) {
            this.inputs = inputs;
            this.count = count;
            this.first = first;
        }
    }

    static ProteinInputs of(NDList inputs, boolean ordered, boolean guided) {
        Form form = Form.WHOLE;
        if (!inputs.isEmpty() && inputs.head().getShape().dimension() == COORDINATE_AXES) {
            form = Form.ENCODER;
        } else if (inputs.size() > 1 && inputs.get(1).getShape().dimension() < COORDINATE_AXES) {
            form = Form.DECODER;
        }
        boolean order = ordered && form != Form.ENCODER;
        if (inputs.size() != form.count + (order ? 1 : 0) + (guided ? 1 : 0)) {
            throw new IllegalArgumentException(
                    "inputs must be ("
                            + form.inputs
                            + (order ? ", order" : "")
                            + (guided ? ", class" : "")
                            + "), got "
                            + inputs.size()
                            + " arrays");
        }
        return new ProteinInputs(form, inputs);
    }

    /** The arrays that tell of the structure, from the coordinates or the nodes on. */
    NDArray structure(int i) {
        return arrays.get(form.first + i);
    }

    /** The place of each residue in the order, int64 [B, L]. */
    NDArray order() {
        return arrays.get(form.count);
    }

    /** The class, int64 [B]. */
    NDArray label() {
        return arrays.get(arrays.size() - 1);
    }
}
