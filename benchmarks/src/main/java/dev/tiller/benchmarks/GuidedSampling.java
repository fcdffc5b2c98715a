package dev.tiller.benchmarks;

import dev.tiller.cli.Tiller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** SVDD-PM from end to end: {@code tiller sample} on a model, with the start of its networks. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class GuidedSampling {
    /** The engine. */
    @Param({"pytorch", "onnx"})
    public String backend;

    /** The model. */
    @Param({"rna-utr5"})
    public String model;

    /** The reward. */
    @Param({"mrl"})
    public String reward;

    /** Designs to make. */
    @Param({"64"})
    public int designs;

    /**
     * One run.
     *
     * @return the exit code
     * @throws IOException if the run folder cannot be made
     */
    @Benchmark
    public int sample() throws IOException {
        Path folder = Files.createTempDirectory("tiller-benchmark");
        try {
            List<String> arguments =
                    List.of(
                            "sample",
                            "--quiet",
                            "--overwrite",
                            "--model=" + model,
                            "--reward=" + reward,
                            "--num=" + designs,
                            "--backend=" + backend,
                            "--out=" + folder);
            int code = Tiller.commandLine().execute(arguments.toArray(String[]::new));
            if (code != 0) {
                throw new IllegalStateException("tiller sample must end with 0, got " + code);
            }
            return code;
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
