package dev.tiller.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.tiller.rewards.protein.Backbone;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What a network makes of backbones before it sees letters, kept for as long as there is room. What
 * was used last stays longest. Safe for concurrent use.
 */
final class EncodedBackbones implements AutoCloseable {
    private final NDManager owner;
    private final BiFunction<Backbone, NDManager, NDList> encoder;
    private final long most;
    private final Map<Backbone, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final ReentrantLock lock = new ReentrantLock();
    private long bytes;

    /** The arrays of a backbone, and how many calls are reading them. */
    private static final class Kept {
        private final NDManager manager;
        private final NDList arrays;
        private final long bytes;
        private int readers;
        private boolean dropped;

        Kept(NDManager manager, NDList arrays) {
            this.manager = manager;
            this.arrays = arrays;
            long size = 0;
            for (NDArray array : arrays) {
                size += array.size() * array.getDataType().getNumOfBytes();
            }
            this.bytes = size;
        }

        void closeIfUnused() {
            if (dropped && readers == 0) {
                manager.close();
            }
        }
    }

    /**
     * Starts without any.
     *
     * @param owner the manager of all arrays
     * @param encoder makes the arrays of a backbone in the manager that it is given
     * @param most bytes to keep; of what is read at a time there may be more
     */
    EncodedBackbones(NDManager owner, BiFunction<Backbone, NDManager, NDList> encoder, long most) {
        this.owner = owner;
        this.encoder = encoder;
        this.most = most;
    }

    /** Reads the arrays of a backbone, which are not to be changed nor closed. */
    <T> T read(Backbone backbone, Function<NDList, T> reader) {
        Kept entry = take(backbone);
        try {
            return reader.apply(entry.arrays);
        } finally {
            lock.lock();
            try {
                entry.readers--;
                entry.closeIfUnused();
            } finally {
                lock.unlock();
            }
        }
    }

    private Kept take(Backbone backbone) {
        lock.lock();
        try {
            Kept entry = kept.get(backbone);
            if (entry == null) {
                entry = encode(backbone);
                kept.put(backbone, entry);
                bytes += entry.bytes;
                makeRoom();
            }
            entry.readers++;
            return entry;
        } finally {
            lock.unlock();
        }
    }

    private Kept encode(Backbone backbone) {
        NDManager manager = owner.newSubManager();
        try {
            return new Kept(manager, encoder.apply(backbone, manager));
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** Drops what was not used for longest, but never the last one. */
    private void makeRoom() {
        Iterator<Kept> oldest = kept.values().iterator();
        while (bytes > most && kept.size() > 1) {
            Kept entry = oldest.next();
            oldest.remove();
            bytes -= entry.bytes;
            entry.dropped = true;
            entry.closeIfUnused();
        }
    }

    /** How many backbones are kept. */
    int size() {
        lock.lock();
        try {
            return kept.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        kept.values().forEach(entry -> entry.manager.close());
        kept.clear();
        bytes = 0;
    }
}
