package dev.tiller.sampler.decoder;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.State;
import java.util.List;

/** Designs that are there already, as the start of a refinement. */
@FunctionalInterface
public interface Start {
    /**
     * Returns the design that each sample begins with.
     *
     * @param sampleIds the samples
     * @param manager owner of the state
     * @return clean states, one row for each sample id, in order; each depends on its own id alone
     */
    State designs(long[] sampleIds, NDManager manager);

    /**
     * Returns a decoder that gives these designs.
     *
     * @return a decoder without steps
     */
    default Decoder decoder() {
        return (process, sampleIds, noise, ledger, manager, listener) ->
                designs(sampleIds, manager);
    }

    /**
     * Begins with given sequences: sample i with sequence i modulo their number.
     *
     * @param sequences at least one, all of the length L of the process, of its letters 0 .. K - 1
     * @return the start
     */
    static Start ofTokens(List<long[]> sequences) {
        if (sequences.isEmpty()) {
            throw new IllegalArgumentException("sequences must have at least one entry, got none");
        }
        int length = sequences.get(0).length;
        List<long[]> copies = sequences.stream().map(long[]::clone).toList();
        for (int i = 0; i < copies.size(); i++) {
            if (copies.get(i).length != length) {
                throw new IllegalArgumentException(
                        "sequences must be of one length, got "
                                + length
                                + " and, at place "
                                + i
                                + ", "
                                + copies.get(i).length);
            }
        }
        return (sampleIds, manager) -> {
            long[] tokens = new long[sampleIds.length * length];
            for (int row = 0; row < sampleIds.length; row++) {
                long[] own = copies.get((int) (sampleIds[row] % copies.size()));
                System.arraycopy(own, 0, tokens, row * length, length);
            }
            NDList arrays = new NDList(manager.create(tokens, new Shape(sampleIds.length, length)));
            return new State(arrays, sampleIds, new int[sampleIds.length]);
        };
    }
}
