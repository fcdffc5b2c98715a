package dev.tiller.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.sampler.numerics.Scope;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Gradients of a network by its first input. They need DJL's engine; a network that runs on another
 * one has a twin there, which is opened when the first gradient is asked for.
 *
 * <p>As with {@link Network}, the bytes of a row do not depend on the rows beside it. The target of
 * each backward pass is a sum over rows, never a mean, so neither does its size.
 */
final class InputGradients implements AutoCloseable {
    private final Supplier<InferenceSession> opener;
    private final String reason;
    private final ReentrantLock opening = new ReentrantLock();
    private InferenceSession twin;
    private final InferenceSession session;

    /** A number for each row, computed from the outputs of a call. */
    @FunctionalInterface
    interface RowScore {
        /**
         * Returns float32 [B].
         *
         * @param outputs what the network gives
         * @param constants the rows of the constants of the request
         */
        NDArray of(NDList outputs, NDList constants);
    }

    private InputGradients(
            InferenceSession session, Supplier<InferenceSession> opener, String reason) {
        this.session = session;
        this.opener = opener;
        this.reason = reason;
    }

    /** Differentiates the session of the network itself, which stays the owner. */
    static InputGradients of(InferenceSession session) {
        return new InputGradients(Objects.requireNonNull(session), null, "");
    }

    /** Differentiates a twin, which is opened at the first request and closed with this object. */
    static InputGradients ofTwin(Supplier<InferenceSession> opener) {
        return new InputGradients(null, Objects.requireNonNull(opener), "");
    }

    /** There is no gradient; {@code reason} says of what and why. */
    static InputGradients none(String reason) {
        return new InputGradients(null, null, Objects.requireNonNull(reason));
    }

    boolean exist() {
        return session != null || opener != null;
    }

    private InferenceSession session() {
        if (session != null) {
            return session;
        }
        if (opener == null) {
            throw new IllegalArgumentException(reason + "; " + Gradients.ALTERNATIVES);
        }
        opening.lock();
        try {
            if (twin == null) {
                twin = opener.get();
            }
            return twin;
        } finally {
            opening.unlock();
        }
    }

    /**
     * Differentiates a number for each row by the first input.
     *
     * @param inputs the inputs of the network; the first one is float32
     * @param constants further arrays that the score is computed from, with as many rows
     * @param score the number; a function of each row alone
     * @return the numbers, float32 [B], and the gradient, of the shape of the first input, both
     *     owned by its manager
     */
    NDList differentiate(NDList inputs, NDList constants, RowScore score) {
        return differentiate(inputs, constants, 1, score);
    }

    /**
     * Differentiates a number for each row by the first inputs.
     *
     * @param leaves by how many of them, which are float32
     * @return the numbers, float32 [B], and the gradients, of the shapes of these inputs
     */
    NDList differentiate(NDList inputs, NDList constants, int leaves, RowScore score) {
        InferenceSession differentiable = session();
        int rows = differentiable.onGpu() ? Network.ROWS_PER_CALL_GPU : Network.ROWS_PER_CALL;
        NDList all = new NDList(inputs);
        all.addAll(constants);
        return new RowCalls(rows, differentiable.device())
                .run(all, call -> backward(differentiable, call, inputs.size(), leaves, score));
    }

    private static NDList backward(
            InferenceSession session, NDList call, int inputs, int leaves, RowScore score) {
        try (Scope scope = Scope.of(call.head())) {
            for (NDArray leaf : call.subNDList(0, leaves)) {
                leaf.attach(scope.manager());
                leaf.setRequiresGradient(true);
            }
            NDList given = call.subNDList(0, inputs);
            NDList constants = call.subNDList(inputs);
            NDArray[] scores = new NDArray[1];
            Gradients.backward(
                    scope.manager(),
                    () -> {
                        NDArray rows = score.of(session.run(given), constants);
                        scores[0] = rows.stopGradient();
                        return rows.sum();
                    });
            NDList results = new NDList(scores[0]);
            for (NDArray leaf : call.subNDList(0, leaves)) {
                results.add(leaf.getGradient());
            }
            return scope.give(results);
        }
    }

    /** Closes the twin, if it was opened. */
    @Override
    public void close() {
        opening.lock();
        try {
            if (twin != null) {
                twin.close();
                twin = null;
            }
        } finally {
            opening.unlock();
        }
    }
}
