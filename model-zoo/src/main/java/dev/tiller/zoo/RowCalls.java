package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import dev.tiller.sampler.numerics.Scope;

/**
 * Evaluates any number of rows in calls of a fixed number, the last one filled up with copies of
 * its last row, so that a row is computed alike whatever is asked for beside it.
 *
 * @param rowsPerCall rows of each call, at least 1
 * @param device where the calls want their inputs
 */
record RowCalls(int rowsPerCall, Device device) {
    /** One call. */
    @FunctionalInterface
    interface Call {
        /**
         * Evaluates {@link #rowsPerCall} rows.
         *
         * @param inputs copies that the call may do with as it likes, on the device
         * @return one row for each, owned by the manager of the first input
         */
        NDList run(NDList inputs);
    }

    /** Returns the outputs on the device of the inputs, owned by the manager of the first one. */
    NDList run(NDList inputs, Call function) {
        long rows = inputs.head().getShape().get(0);
        for (NDArray input : inputs) {
            if (rows < 1 || input.getShape().get(0) != rows) {
                throw new IllegalArgumentException(
                        "inputs must have equally many rows, at least 1, got "
                                + inputs.head().getShape()
                                + " and "
                                + input.getShape());
            }
        }
        try (Scope scope = Scope.of(inputs.head())) {
            NDList borrowed = new NDList(inputs.size());
            for (NDArray input : inputs) {
                borrowed.add(scope.borrow(input));
            }
            if (rows == rowsPerCall) {
                return scope.give(wholeCall(borrowed, function));
            }
            NDList[] parts = new NDList[(int) ((rows + rowsPerCall - 1) / rowsPerCall)];
            for (int i = 0; i < parts.length; i++) {
                long start = (long) i * rowsPerCall;
                long end = Math.min(rows, start + rowsPerCall);
                parts[i] = call(borrowed, start, end, scope, function);
            }
            return scope.give(join(parts));
        }
    }

    /** The call that nothing has to be cut for, which is most of them. */
    private NDList wholeCall(NDList inputs, Call function) {
        NDList own = new NDList(inputs.size());
        for (NDArray input : inputs) {
            own.add(input.duplicate().toDevice(device, false));
        }
        NDList outputs = function.run(own);
        NDList back = new NDList(outputs.size());
        for (NDArray output : outputs) {
            back.add(output.toDevice(inputs.head().getDevice(), false));
        }
        return back;
    }

    private NDList call(NDList inputs, long start, long end, Scope results, Call function) {
        try (Scope scope = Scope.of(results.manager())) {
            NDList chunk = new NDList(inputs.size());
            for (NDArray input : inputs) {
                NDArray rows = chunk(scope.borrow(input), start, end);
                chunk.add(rows.toDevice(device, false));
            }
            NDList outputs = function.run(chunk);
            NDList cut = new NDList(outputs.size());
            for (NDArray output : outputs) {
                NDArray rows = output.get(new NDIndex("0:{}", end - start));
                cut.add(rows.toDevice(inputs.head().getDevice(), false));
            }
            return scope.give(cut);
        }
    }

    /** Copies rows, also where a view would do: views may be aligned differently in memory. */
    private NDArray chunk(NDArray input, long start, long end) {
        NDArray rows = input.get(new NDIndex("{}:{}", start, end));
        long missing = rowsPerCall - (end - start);
        if (missing == 0) {
            return rows.duplicate();
        }
        NDArray last = input.get(new NDIndex("{}:{}", end - 1, end));
        return rows.concat(last.repeat(0, missing), 0);
    }

    private static NDList join(NDList[] parts) {
        NDList joined = new NDList(parts[0].size());
        for (int i = 0; i < parts[0].size(); i++) {
            NDList column = new NDList(parts.length);
            for (NDList part : parts) {
                column.add(part.get(i));
            }
            joined.add(parts.length == 1 ? column.head() : NDArrays.concat(column, 0));
        }
        return joined;
    }
}
