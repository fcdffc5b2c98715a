package dev.tiller.sampler.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.exact.ExactValue;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.exact.TableGuidance;
import dev.tiller.sampler.exact.TableRuns;
import dev.tiller.sampler.masked.FirstHitting;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A decoder leaves nothing behind but its result. Managers count the arrays of their children. */
class DecoderLeakIT {
    private static final SoftValue VALUE = ExactValue.ofTable(new double[TableChain.STATES]);

    private NDManager root;
    private NDManager devices;
    private NDManager caller;

    @BeforeEach
    void open() {
        root = NDManager.newBaseManager();
        devices = root.newSubManager();
        devices.cap(); // throws if anything but a sub-manager is attached to it
        caller = root.newSubManager();
    }

    @AfterEach
    void close() {
        root.close();
    }

    static Stream<Decoder> decoders() {
        return Stream.of(
                new Ancestral(),
                new BestOfN(3, VALUE),
                new Svdd(3, 0.5, VALUE),
                new Svdd(3, 0, VALUE),
                sparing(VALUE),
                new SvddR(new SvddR.Options(3, 2, 0.5, 0.4, Keep.BEST), VALUE, VALUE),
                filter(1, 3, VALUE),
                filter(3, 1, VALUE),
                filter(3, 2, VALUE));
    }

    private static Decoder sparing(SoftValue value) {
        Svdd.Options options = Svdd.Options.plain(4, 0.5).withScreened(3).withAdaptive(2, -1);
        return new Svdd(options, value, value, new TableGuidance(7, 1));
    }

    private static ParticleFilter filter(int particles, int candidates, SoftValue value) {
        return new ParticleFilter(
                ParticleFilter.Options.defaults(particles)
                        .withCandidates(candidates)
                        .withResampling(Resampling.SYSTEMATIC, 1),
                0.5,
                value,
                value,
                new TableGuidance(7, 1));
    }

    private List<ReverseProcess> processes() {
        TableDenoiser denoiser = new TableDenoiser(new TableChain(2024, true));
        LogLinear schedule = new LogLinear(1e-3);
        return List.of(
                new MaskedDiffusion(
                        denoiser,
                        schedule,
                        TableChain.LENGTH,
                        devices,
                        MaskedDiffusion.Options.published(6)),
                new FirstHitting(denoiser, schedule, TableChain.LENGTH, devices));
    }

    private static State decode(
            Decoder decoder, ReverseProcess process, NDManager manager, StepListener listener) {
        try (Ledger ledger = new Ledger(new Ledger.Options(2, 3, true))) {
            return decoder.decode(
                    process, new long[] {4, 5}, new Philox(1), ledger, manager, listener);
        }
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void threeDecodesLeaveThreeResults(Decoder decoder) {
        for (ReverseProcess process : processes()) {
            int before = root.getManagedArrays().size();
            List<State> results = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                results.add(decode(decoder, process, caller, StepListener.NONE));
                assertEquals(before + i + 1, root.getManagedArrays().size());
            }
            for (State result : results) {
                assertSame(caller, result.array(0).getManager());
                TableRuns.numbers(result); // still readable
                result.close();
            }
            assertEquals(before, root.getManagedArrays().size());
        }
    }

    /** Whoever stops a run gets his own exception and no arrays. */
    @ParameterizedTest
    @MethodSource("decoders")
    void aStoppedDecodeLeavesNothing(Decoder decoder) {
        for (ReverseProcess process : processes()) {
            UnsupportedOperationException stop = new UnsupportedOperationException("stop");
            StepListener listener =
                    (done, total) -> {
                        if (done == 2) {
                            throw stop;
                        }
                    };
            assertSame(
                    stop,
                    assertThrows(
                            UnsupportedOperationException.class,
                            () -> decode(decoder, process, caller, listener)));
            assertEquals(0, root.getManagedArrays().size());
        }
    }

    static Stream<Decoder> failing() {
        SoftValue failing =
                (x, index, ledger, noise) -> {
                    throw new UnsupportedOperationException("stop");
                };
        return Stream.of(
                new BestOfN(3, failing),
                new Svdd(3, 0.5, failing),
                sparing(failing),
                new SvddR(new SvddR.Options(3, 2, 0.5, 0.4, Keep.BEST), failing, VALUE),
                filter(3, 2, failing));
    }

    @ParameterizedTest
    @MethodSource("failing")
    void aFailingValueLeavesNothing(Decoder decoder) {
        for (ReverseProcess process : processes()) {
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> decode(decoder, process, caller, StepListener.NONE));
            assertEquals(0, root.getManagedArrays().size());
        }
    }

    /** The whole system of particles is the caller's, and nothing else. */
    @Test
    void aSystemOfParticlesIsTheOnlyThingLeft() {
        for (ReverseProcess process : processes()) {
            try (Ledger ledger = new Ledger(new Ledger.Options(2, 3, true));
                    ParticleSystem all =
                            filter(3, 2, VALUE)
                                    .sample(
                                            process,
                                            new long[] {4, 5},
                                            new Philox(1),
                                            ledger,
                                            caller,
                                            StepListener.NONE,
                                            ParticleTrace.NONE)) {
                assertEquals(1, root.getManagedArrays().size());
                assertSame(caller, all.designs().array(0).getManager());
                assertEquals(6, all.designs().rows());
            }
            assertEquals(0, root.getManagedArrays().size());
        }
    }
}
