package dev.tiller.guidance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.ValueNetwork;
import dev.tiller.sampler.decoder.BestOfN;
import dev.tiller.sampler.decoder.Svdd;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.masked.MaskedDiffusion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values leave no arrays behind. Managers count the arrays of their children. */
class GuidanceLeakIT {
    private NDManager root;
    private NDManager devices;
    private NDManager caller;
    private MaskedDiffusion process;

    @BeforeEach
    void open() {
        root = NDManager.newBaseManager();
        devices = root.newSubManager();
        devices.cap(); // throws if anything but a sub-manager is attached to it
        caller = root.newSubManager();
        process =
                GuidedChain.process(
                        new ClassifierFreeGuidance(
                                new TableDenoiser(new TableChain(1, true)),
                                new TableDenoiser(new TableChain(2, false)),
                                0.5,
                                true),
                        devices);
    }

    @AfterEach
    void close() {
        root.close();
    }

    private List<Decoder> decoders() {
        CleanReward reward = new TableReward(98).clean();
        ValueNetwork network = xt -> xt.sum(new int[] {1}).toType(DataType.FLOAT32, false);
        return List.of(
                new BestOfN(3, reward),
                new Svdd(3, 0.2, new PosteriorMeanValue(process, reward, 0, devices)),
                new Svdd(3, 0, new PosteriorMeanValue(process, reward, 3, devices)),
                new Svdd(3, 0, new LearnedValue(network, devices)));
    }

    @Test
    void threeDecodesLeaveThreeResults() {
        for (Decoder decoder : decoders()) {
            List<State> results = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                try (Ledger ledger = new Ledger(new Ledger.Options(2, 3, true))) {
                    results.add(
                            decoder.decode(
                                    process,
                                    new long[] {4, 5},
                                    new Philox(1),
                                    ledger,
                                    caller,
                                    StepListener.NONE));
                }
                assertEquals(i + 1, root.getManagedArrays().size());
            }
            for (State result : results) {
                assertSame(caller, result.array(0).getManager());
                result.close();
            }
            assertEquals(0, root.getManagedArrays().size());
        }
    }

    @Test
    void aFailingRewardLeavesNothing() {
        CleanReward failing =
                new CleanReward(
                        new TableReward(98),
                        x0 -> {
                            throw new UnsupportedOperationException("stop");
                        });
        for (SoftValue value :
                List.of(
                        new PosteriorMeanValue(process, failing, 0, devices),
                        new PosteriorMeanValue(process, failing, 3, devices))) {
            try (Ledger ledger = new Ledger(new Ledger.Options(2, 3, true))) {
                assertThrows(
                        UnsupportedOperationException.class,
                        () ->
                                new Svdd(3, 0, value)
                                        .decode(
                                                process,
                                                new long[] {4, 5},
                                                new Philox(1),
                                                ledger,
                                                caller,
                                                StepListener.NONE));
                assertEquals(0, root.getManagedArrays().size());
            }
        }
    }
}
