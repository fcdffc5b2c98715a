package dev.tiller.sampler;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Results by key, the least recently used dropped when they take more than a number of bytes. */
final class RowCache {
    /** Of an object and its place in the map; an estimate. */
    private static final long OVERHEAD = 96;

    private final Map<Object, Object> results = new LinkedHashMap<>(16, 0.75f, true);
    private final long capacity;
    private long size;

    RowCache(long capacity) {
        this.capacity = capacity;
    }

    /** Returns the result of a key, or null. */
    Object find(Object key) {
        return results.get(key);
    }

    void put(Object key, Object result) {
        if (results.put(key, result) == null) {
            size += bytes(key) + bytes(result);
        }
        Iterator<Map.Entry<Object, Object>> oldest = results.entrySet().iterator();
        while (size > capacity && oldest.hasNext()) {
            Map.Entry<Object, Object> entry = oldest.next();
            size -= bytes(entry.getKey()) + bytes(entry.getValue());
            oldest.remove();
        }
    }

    void clear() {
        results.clear();
        size = 0;
    }

    private static long bytes(Object object) {
        if (object instanceof ByteBuffer buffer) {
            return OVERHEAD + buffer.capacity();
        }
        if (object instanceof float[] row) {
            return OVERHEAD + 4L * row.length;
        }
        if (object instanceof String text) {
            return OVERHEAD + text.length();
        }
        if (object instanceof List<?> parts) {
            return parts.stream().mapToLong(RowCache::bytes).sum();
        }
        return OVERHEAD;
    }
}
