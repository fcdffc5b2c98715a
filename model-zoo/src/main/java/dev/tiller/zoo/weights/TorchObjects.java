package dev.tiller.zoo.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/** The few classes and functions of a pickle that stand for data; all others stay stubs. */
final class TorchObjects {
    private static final Set<String> MAPS =
            Set.of(
                    "collections.OrderedDict",
                    "collections.defaultdict",
                    "collections.Counter",
                    "builtins.dict",
                    "__builtin__.dict",
                    "easydict.EasyDict");
    private static final Set<String> LISTS =
            Set.of("torch.Size", "builtins.list", "builtins.tuple", "builtins.set");
    private static final int STORAGE_FIELDS = 5;
    private static final int TENSOR_FIELDS = 4;
    private static final int MOST_AXES = 64;

    private TorchObjects() {}

    /** What calling a function, or making an object of a class, gives. */
    static Object build(Object callable, List<?> arguments) {
        if (!(callable instanceof Stub function)) {
            return new Stub("an object of an object");
        }
        String name = function.name();
        if (name.equals("torch._utils._rebuild_tensor_v2")
                || name.equals("torch._utils._rebuild_tensor")) {
            return tensor(arguments);
        }
        if (name.equals("torch._utils._rebuild_parameter")
                || name.equals("torch._utils._rebuild_parameter_with_state")) {
            return arguments.isEmpty() ? new Stub(name) : arguments.get(0);
        }
        if (MAPS.contains(name)) {
            return new LinkedHashMap<>();
        }
        if (LISTS.contains(name)) {
            boolean items = !arguments.isEmpty() && arguments.get(0) instanceof List<?>;
            return items ? arguments.get(0) : new ArrayList<>();
        }
        return new Stub(name);
    }

    private static Object tensor(List<?> arguments) {
        if (arguments.size() < TENSOR_FIELDS
                || !(arguments.get(0) instanceof TorchTensor.Storage storage)
                || !(arguments.get(1) instanceof Long offset)) {
            return new Stub("a tensor without a storage");
        }
        long[] sizes = longs(arguments.get(2));
        long[] strides = longs(arguments.get(3));
        return sizes == null || strides == null
                ? new Stub("a tensor without sizes")
                : new TorchTensor(storage, offset, sizes, strides);
    }

    private static long[] longs(Object list) {
        if (!(list instanceof List<?> values) || values.size() > MOST_AXES) {
            return null;
        }
        long[] longs = new long[values.size()];
        for (int i = 0; i < longs.length; i++) {
            if (!(values.get(i) instanceof Long value)) {
                return null;
            }
            longs[i] = value;
        }
        return longs;
    }

    /** What a persistent id stands for: ('storage', class, key, device, elements). */
    static Object storage(List<?> id) {
        if (id.size() >= STORAGE_FIELDS
                && id.get(1) instanceof Stub type
                && id.get(2) instanceof String key
                && id.get(4) instanceof Long elements
                && elements >= 0) {
            String name = type.name();
            return new TorchTensor.Storage(
                    key, name.substring(name.lastIndexOf('.') + 1), elements);
        }
        return new Stub("a storage of an unknown form");
    }
}
