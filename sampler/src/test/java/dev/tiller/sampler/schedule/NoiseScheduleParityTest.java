package dev.tiller.sampler.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.parity.ParityCase;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Schedules and time grids against MDLM's noise_schedule.py, which computes in float32. */
class NoiseScheduleParityTest {
    /** Largest difference seen between the reference in float32 and in float64: 1.2e-6. */
    private static final double TOLERANCE = 1e-5;

    /** The grid is of order 1 and the reference's float32 resolves 6e-8. */
    private static final double GRID_TOLERANCE = 2e-7;

    private static final Map<String, NoiseSchedule> SCHEDULES =
            Map.of(
                    "loglinear", Schedules.create("log-linear", Map.of()),
                    "cosine", Schedules.create("cosine", Map.of()),
                    "cosinesqr", Schedules.create("cosine-squared", Map.of()),
                    "linear", Schedules.create("linear", Map.of()),
                    "geometric", Schedules.create("geometric", Map.of()));

    static List<ParityCase> cases() {
        return ParityCase.find("02_noise_schedules");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void totalNoiseAndRateAgree(ParityCase reference) {
        SCHEDULES.forEach(
                (name, schedule) -> {
                    compare(reference, "out." + name + ".total", schedule::sigma);
                    if (!name.equals("linear")) {
                        compare(reference, "out." + name + ".rate", schedule::rate);
                    }
                });
        // a constant, stored once
        float[] rate = {(float) SCHEDULES.get("linear").rate(0.5)};
        reference.requireClose("out.linear.rate", rate, TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void importanceTimesAgree(ParityCase reference) {
        compare(reference, "out.is_loglinear", SCHEDULES.get("loglinear")::importanceTime);
        compare(reference, "out.is_linear", SCHEDULES.get("linear")::importanceTime);
    }

    private static void compare(ParityCase reference, String name, DoubleUnaryOperator function) {
        float[] times = reference.floats("in.t");
        float[] actual = new float[times.length];
        for (int i = 0; i < times.length; i++) {
            actual[i] = (float) function.applyAsDouble(times[i]);
        }
        reference.requireClose(name, actual, TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void timeGridsAgree(ParityCase reference) {
        for (JsonNode grid : reference.config().get("grids")) {
            int steps = grid.asInt();
            MaskedDiffusion process =
                    new MaskedDiffusion(
                            new TableDenoiser(new TableChain(1, false)),
                            SCHEDULES.get("loglinear"),
                            TableChain.LENGTH,
                            null,
                            MaskedDiffusion.Options.published(steps));
            float[] times = new float[steps + 1];
            for (int i = 0; i <= steps; i++) {
                times[i] = (float) process.time(i);
            }
            reference.requireClose("out.grid" + steps, times, GRID_TOLERANCE);
            float last = reference.floats("out.grid" + steps)[steps];
            assertEquals(last, process.time(steps), 1e-6 * last);
        }
    }
}
