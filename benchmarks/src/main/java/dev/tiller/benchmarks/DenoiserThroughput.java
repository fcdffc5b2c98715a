package dev.tiller.benchmarks;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.cli.run.EngineSettings;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.BlockSession;
import dev.tiller.zoo.InferenceSession;
import dev.tiller.zoo.architecture.DnaConv;
import dev.tiller.zoo.onnx.OnnxExporter;
import dev.tiller.zoo.onnx.OnnxSession;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One call of the published DNA denoiser (20 dilated convolutions of 128 channels, 200 letters), on
 * all processors.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 5)
@Measurement(iterations = 3, time = 10)
public class DenoiserThroughput {
    private static final int LENGTH = 200;

    /** The engine. */
    @Param({"pytorch", "onnx"})
    public String backend;

    /** Rows in a call. */
    @Param({"32", "128"})
    public int rows;

    /** Channels of each layer. */
    @Param({"128"})
    public int channels;

    private NDManager manager;
    private InferenceSession session;
    private NDArray tokens;

    /** Makes a network of random weights and random sequences. */
    @Setup
    public void load() {
        int threads = Runtime.getRuntime().availableProcessors();
        EngineSettings.configure(threads);
        manager = NDManager.newBaseManager(Device.cpu());
        DnaConv weights = new DnaConv(new DnaConv.Config(channels, 4, 4, 0, false, 0));
        weights.initialize(new Philox(1), manager);
        BlockSession block =
                new BlockSession(new DnaConv(weights.config()), weights.weights(), Device.cpu());
        session = block;
        if (Backend.parse(backend) == Backend.ONNX) {
            byte[] graph =
                    OnnxExporter.export(
                                    block.block(),
                                    block.block().inputs(false),
                                    block.block().outputs(),
                                    Map.of())
                            .toByteArray();
            session = new OnnxSession("denoiser", graph, new OnnxSession.Options(threads, -1));
            block.close();
        }
        double[] uniforms = new double[rows * LENGTH];
        new Philox(2).fill(0, 0, Purpose.TRAINING_INPUT, 0, uniforms);
        long[] letters = new long[uniforms.length];
        for (int i = 0; i < letters.length; i++) {
            letters[i] = (long) (5 * uniforms[i]);
        }
        tokens = manager.create(letters, new Shape(rows, LENGTH));
    }

    /**
     * One call.
     *
     * @return the first logit, so that the call is not left out
     */
    @Benchmark
    public float call() {
        try (NDManager temporary = manager.newSubManager()) {
            NDArray input = tokens.duplicate();
            input.attach(temporary);
            return session.run(new NDList(input)).head().getFloat(0, 0, 0);
        }
    }

    /** Frees everything. */
    @TearDown
    public void close() {
        session.close();
        manager.close();
    }
}
