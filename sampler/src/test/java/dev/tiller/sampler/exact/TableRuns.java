package dev.tiller.sampler.exact;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Runs decoders on the table chain. */
public final class TableRuns {
    /** One thread, large calls, savings on. */
    public static final Ledger.Options ORDINARY = new Ledger.Options(1, 4096, true);

    private static final int BATCH = 4096;

    private TableRuns() {}

    /** Returns the number of each row's state. */
    public static int[] numbers(State x) {
        long[] tokens = x.array(0).toLongArray();
        int[] numbers = new int[x.rows()];
        Arrays.setAll(numbers, row -> TableChain.number(tokens, row * TableChain.LENGTH));
        return numbers;
    }

    /** Makes a state of given numbers; the sample ids are 0, 1, ... and all chains 0. */
    public static State state(int[] numbers, NDManager manager) {
        return state(numbers, LongStream.range(0, numbers.length).toArray(), manager);
    }

    /** Makes a state of given numbers and sample ids; all chains are 0. */
    public static State state(int[] numbers, long[] sampleIds, NDManager manager) {
        long[] tokens = new long[numbers.length * TableChain.LENGTH];
        Arrays.setAll(
                tokens,
                i -> TableChain.token(numbers[i / TableChain.LENGTH], i % TableChain.LENGTH));
        Shape shape = new Shape(numbers.length, TableChain.LENGTH);
        NDList arrays = new NDList(manager.create(tokens, shape));
        return new State(arrays, sampleIds, new int[numbers.length]);
    }

    /** Decodes some sample ids in batches and returns the number of each design. */
    public static int[] designs(
            Decoder decoder,
            ReverseProcess process,
            long[] sampleIds,
            int batch,
            long seed,
            Ledger.Options options,
            NDManager manager) {
        int[] designs = new int[sampleIds.length];
        for (int start = 0; start < sampleIds.length; start += batch) {
            int end = Math.min(sampleIds.length, start + batch);
            long[] ids = Arrays.copyOfRange(sampleIds, start, end);
            try (Ledger ledger = new Ledger(options);
                    State x0 =
                            decoder.decode(
                                    process,
                                    ids,
                                    new Philox(seed),
                                    ledger,
                                    manager,
                                    StepListener.NONE)) {
                System.arraycopy(numbers(x0), 0, designs, start, end - start);
            }
        }
        return designs;
    }

    /** Decodes the sample ids 0, ..., n - 1 in concurrent batches and counts the designs. */
    public static long[] histogram(
            Decoder decoder, ReverseProcess process, int n, long seed, NDManager manager) {
        long[] counts = new long[TableChain.STATES];
        IntStream.range(0, (n + BATCH - 1) / BATCH)
                .parallel()
                .mapToObj(i -> LongStream.range((long) i * BATCH, Math.min(n, (i + 1) * BATCH)))
                .map(LongStream::toArray)
                .map(ids -> designs(decoder, process, ids, BATCH, seed, ORDINARY, manager))
                .flatMapToInt(IntStream::of)
                .boxed()
                .collect(Collectors.groupingBy(design -> design, Collectors.counting()))
                .forEach((design, count) -> counts[design] = count);
        return counts;
    }
}
