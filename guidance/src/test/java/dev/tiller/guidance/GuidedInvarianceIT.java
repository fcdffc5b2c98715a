package dev.tiller.guidance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.decoder.Svdd;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.masked.MaskedDiffusion;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A guided design is a function of the seed and its sample id; nothing else may change it. */
class GuidedInvarianceIT {
    private static final int N = 15;

    private static NDManager manager;

    @BeforeAll
    static void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    private static int[] designs(
            boolean timed, int draws, double tau, int batch, Ledger.Options options) {
        TableDenoiser denoiser = new TableDenoiser(new TableChain(2024, timed));
        MaskedDiffusion process = GuidedChain.process(denoiser, manager);
        CleanReward reward = new TableReward(98).clean();
        return TableRuns.designs(
                new Svdd(3, tau, new PosteriorMeanValue(process, reward, draws, manager)),
                process,
                LongStream.range(0, N).toArray(),
                batch,
                41,
                options,
                manager);
    }

    @ParameterizedTest
    @CsvSource({
        "false, 0, 0", "false, 0, 0.3", "false, 3, 0", "false, 3, 0.3",
        "true, 0, 0", "true, 0, 0.3", "true, 3, 0", "true, 3, 0.3"
    })
    void designsDependOnNothingButTheirId(boolean timed, int draws, double tau) {
        int[] expected = designs(timed, draws, tau, N, new Ledger.Options(1, 1000, false));
        for (int batch : new int[] {1, 7, N}) {
            for (int threads : new int[] {1, 2}) {
                for (boolean savings : new boolean[] {true, false}) {
                    Ledger.Options options = new Ledger.Options(threads, 3, savings);
                    int[] actual = designs(timed, draws, tau, batch, options);
                    assertArrayEquals(expected, actual, "batch " + batch + ", " + options);
                }
            }
        }
        assertTrue(IntStream.of(expected).distinct().count() > 3); // they do differ from each other
    }
}
