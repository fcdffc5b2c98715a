package dev.tiller.sampler.exact;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Runs decoders on processes whose state is one array of numbers. */
public final class LineRuns {
    private static final int BATCH = 2500;

    private LineRuns() {}

    /** Decodes the sample ids 0, ..., n - 1 and returns all numbers of their designs. */
    public static double[] designs(
            Decoder decoder, ReverseProcess process, int n, long seed, NDManager manager) {
        return IntStream.range(0, (n + BATCH - 1) / BATCH)
                .parallel()
                .mapToObj(i -> LongStream.range((long) i * BATCH, Math.min(n, (i + 1L) * BATCH)))
                .map(ids -> some(decoder, process, ids.toArray(), seed, manager))
                .flatMapToDouble(Arrays::stream)
                .toArray();
    }

    private static double[] some(
            Decoder decoder, ReverseProcess process, long[] ids, long seed, NDManager manager) {
        try (Ledger ledger = new Ledger(TableRuns.ORDINARY);
                State x0 =
                        decoder.decode(
                                process,
                                ids,
                                new Philox(seed),
                                ledger,
                                manager,
                                StepListener.NONE)) {
            float[] numbers = x0.array(0).toFloatArray();
            return IntStream.range(0, numbers.length).mapToDouble(i -> numbers[i]).toArray();
        }
    }

    /** Counts numbers by bin: below edges[0], ..., from the last edge on. */
    public static long[] histogram(double[] numbers, double[] edges) {
        long[] counts = new long[edges.length + 1];
        for (double number : numbers) {
            int bin = 0;
            while (bin < edges.length && number >= edges[bin]) {
                bin++;
            }
            counts[bin]++;
        }
        return counts;
    }
}
