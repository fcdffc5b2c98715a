package dev.tiller.zoo.architecture;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.numerics.Scope;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * What a block computes from frozen weights alone, kept between calls. Safe for concurrent use.
 *
 * <p>Kept arrays are never dropped before {@link #close()}, since another call may be using them;
 * so the number of keys is limited, and what comes later is computed at each call.
 */
final class Constants implements AutoCloseable {
    static final int MOST = 16;

    private final NDManager owner;
    private final Map<String, NDList> kept = new ConcurrentHashMap<>();
    private final Lock lock = new ReentrantLock();

    Constants(NDManager owner) {
        this.owner = owner;
    }

    /** Where the kept arrays are; they serve calls on this device alone. */
    Device device() {
        return owner.getDevice();
    }

    /** Returns the kept arrays, which are not to be closed; null if there is no room for them. */
    NDList get(String key, Function<Scope, NDList> compute) {
        NDList arrays = kept.get(key);
        if (arrays != null || kept.size() >= MOST) {
            return arrays;
        }
        lock.lock();
        try {
            arrays = kept.get(key);
            if (arrays == null && kept.size() < MOST) {
                try (Scope scope = Scope.of(owner)) {
                    arrays = scope.give(compute.apply(scope));
                }
                kept.put(key, arrays);
            }
            return arrays;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        kept.values().forEach(NDList::close);
        kept.clear();
    }
}
