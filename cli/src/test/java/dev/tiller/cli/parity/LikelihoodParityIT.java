package dev.tiller.cli.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.masked.LikelihoodBound;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.parity.ParityCase;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The likelihood bound against the published code, with its noise replayed. */
class LikelihoodParityIT {
    private static final double TOLERANCE = 1e-5;

    static Stream<ParityCase> cases() {
        return ParityCase.find("09_metrics").stream();
    }

    /** Draws are the outer loop of the reference, times the inner one. */
    private record DrawMajor(ParityCase parity, int steps) implements Randomness {
        @Override
        public void fill(long sampleId, int step, Purpose purpose, int candidate, double[] out) {
            float[] all = parity.floats(String.format("noise.%03d", candidate * steps + step));
            for (int i = 0; i < out.length; i++) {
                out[i] = all[(int) sampleId * out.length + i];
            }
        }

        @Override
        public Randomness branch(int number) {
            throw new UnsupportedOperationException("recorded noise has no branches");
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsTheReferences(ParityCase parity) throws Exception {
        int steps = parity.config().get("steps").asInt();
        int draws = parity.config().get("n_samples").asInt();
        try (ReferenceModel model = new ReferenceModel(parity)) {
            MaskedDiffusion process =
                    new MaskedDiffusion(
                            model.denoiser(),
                            model.schedule,
                            model.length,
                            model.manager,
                            MaskedDiffusion.Options.published(steps));
            double[] bounds =
                    new LikelihoodBound(process, model.schedule, draws)
                            .estimate(
                                    model.state(parity.longs("in.x0")),
                                    model.ledger,
                                    new DrawMajor(parity, steps));
            float[] expected = parity.floats("out.likelihood");
            assertEquals(expected.length, bounds.length);
            for (int row = 0; row < bounds.length; row++) {
                assertEquals(expected[row], bounds[row], TOLERANCE * Math.abs(expected[row]));
            }
        }
    }
}
