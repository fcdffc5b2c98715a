package dev.tiller.sampler.numerics;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/**
 * Owns the temporaries of one call.
 *
 * <p>Inputs are borrowed as views, so the caller's arrays never change manager: an input may be
 * passed twice or shared between threads, and gradients flow through the view. Only what is given
 * leaves the scope.
 */
public final class Scope implements AutoCloseable {
    private final NDManager target;
    private final NDManager manager;

    private Scope(NDManager target) {
        this.target = target;
        this.manager = target.newSubManager();
    }

    /**
     * Opens a scope whose results belong to the manager of an array.
     *
     * @param owner any array of that manager
     * @return the scope
     */
    public static Scope of(NDArray owner) {
        return new Scope(owner.getManager());
    }

    /**
     * Opens a scope whose results belong to a manager.
     *
     * @param target the owner of what is given
     * @return the scope
     */
    public static Scope of(NDManager target) {
        return new Scope(target);
    }

    /**
     * Returns the manager of the temporaries.
     *
     * @return the manager that {@link #close()} closes
     */
    public NDManager manager() {
        return manager;
    }

    /**
     * Borrows an array.
     *
     * @param x any array; it is not touched
     * @return a view of {@code x}, of the same shape and dtype, that dies with this scope
     */
    public NDArray borrow(NDArray x) {
        NDArray view = x.reshape(x.getShape());
        view.attach(manager);
        return view;
    }

    /**
     * Hands a result to the caller.
     *
     * @param result an array made in this scope; not a borrowed view
     * @return the same array, now owned by the target
     */
    public NDArray give(NDArray result) {
        result.attach(target);
        return result;
    }

    /**
     * Hands results to the caller.
     *
     * @param results arrays made in this scope
     * @return the same list, its arrays now owned by the target
     */
    public NDList give(NDList results) {
        results.attach(target);
        return results;
    }

    /** Frees the temporaries. */
    @Override
    public void close() {
        manager.close();
    }
}
