package dev.tiller.cli.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.ndarray.NDManager;
import dev.tiller.guidance.CleanReward;
import dev.tiller.guidance.DesignReader;
import dev.tiller.guidance.PosteriorMeanValue;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.ParticleFilter;
import dev.tiller.sampler.decoder.ParticleSystem;
import dev.tiller.sampler.decoder.ParticleTrace;
import dev.tiller.sampler.decoder.Resampling;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sequential Monte Carlo against the published codes of SVDD (which calls it TDS) and DRAKES, with
 * their noise replayed. They resample the whole batch, which here is one group.
 */
class SmcParityIT {
    private static final double TOLERANCE = 1e-5;

    static Stream<ParityCase> cases() {
        return Stream.concat(
                ParityCase.find("03_svdd_tds").stream(), ParityCase.find("03_drakes_smc").stream());
    }

    /** What one run of the filter saw. */
    private record Seen(
            RecordedProcess process,
            List<double[]> values,
            List<long[]> valued,
            List<float[]> probabilities,
            List<int[]> ancestors,
            long[] last) {}

    @ParameterizedTest
    @MethodSource("cases")
    void takesTheReferencesStep(ParityCase parity) throws Exception {
        try (ReferenceModel model = new ReferenceModel(parity)) {
            requireStep(parity, run(parity, model, true, Guidance.NONE));
        }
    }

    private static void requireStep(ParityCase parity, Seen seen) {
        assertArrayEquals(
                parity.longs("out.next"), seen.process().states().get(1), parity + " next");
        requireClose(parity, "out.reward_den", seen.values().get(0));
        requireClose(parity, "out.reward_num", seen.values().get(1));
        float[] probabilities = seen.probabilities().get(0);
        double worst = parity.requireClose("out.resample_p.0", probabilities, TOLERANCE);
        System.err.printf("%s resampling probabilities of a step: %.1e%n", parity, worst);
        if (parity.has("out.proposal")) {
            assertArrayEquals(parity.longs("out.proposal"), seen.valued().get(1));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void drawsTheReferencesSample(ParityCase parity) throws Exception {
        int steps = parity.config().get("steps").asInt();
        try (ReferenceModel model = new ReferenceModel(parity)) {
            Seen seen = run(parity, model, false, Guidance.NONE);
            double worst = 0;
            for (int step = 0; step < steps; step++) {
                assertArrayEquals(
                        parity.longs("out.x" + step),
                        seen.process().states().get(step + 1),
                        parity + " step " + step);
                String name = "out.resample_p." + (step + 1);
                float[] p = seen.probabilities().get(step);
                worst = Math.max(worst, parity.requireClose(name, p, TOLERANCE));
            }
            System.err.printf("%s resampling probabilities: %.1e%n", parity, worst);
            assertArrayEquals(parity.longs("out.final"), seen.last(), parity + " final");
            if (parity.has("out.sample_rewards")) {
                requireRewards(parity, model.rows, steps, seen);
            }
        }
    }

    /** The reference asks in each step for the values at x_s and, once more, at x_t. */
    private static void requireRewards(ParityCase parity, int rows, int steps, Seen seen) {
        List<double[]> values = seen.values();
        float[] actual = new float[2 * steps * rows];
        for (int step = 0; step < steps; step++) {
            for (int row = 0; row < rows; row++) {
                int old = step == 0 ? row : seen.ancestors().get(step - 1)[row];
                actual[2 * step * rows + row] = (float) values.get(step + 1)[row];
                actual[(2 * step + 1) * rows + row] = (float) values.get(step)[old];
            }
        }
        parity.requireClose("out.sample_rewards", actual, TOLERANCE);
    }

    static Stream<ParityCase> twisted() {
        return ParityCase.find("03_drakes_tds").stream();
    }

    /** TDS as DRAKES published it, from the gradient it recorded: no normaliser in the weights. */
    @ParameterizedTest
    @MethodSource("twisted")
    void takesTheTwistedStep(ParityCase parity) throws Exception {
        try (ReferenceModel model = new ReferenceModel(parity)) {
            requireStep(parity, run(parity, model, true, recordedGradient(parity)));
        }
    }

    /** Returns scale (g - g[mask]) of each row, g being the gradient of the case. */
    private static Guidance recordedGradient(ParityCase parity) {
        float[] gradient = parity.floats("out.grad_x");
        float scale = (float) parity.config().get("scale").asDouble();
        int letters = ReferenceModel.LETTERS;
        return (x, prediction, step, ledger, noise) -> {
            int width = gradient.length / x.rows();
            List<float[]> tilt = new ArrayList<>();
            for (int row = 0; row < x.rows(); row++) {
                float[] g = Arrays.copyOfRange(gradient, row * width, (row + 1) * width);
                for (int position = 0; position < width; position += letters + 1) {
                    float mask = g[position + letters];
                    for (int k = 0; k <= letters; k++) {
                        g[position + k] = scale * (g[position + k] - mask);
                    }
                }
                tilt.add(g);
            }
            return tilt;
        };
    }

    private static void requireClose(ParityCase parity, String name, double[] actual) {
        float[] floats = new float[actual.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) actual[i];
        }
        double worst = parity.requireClose(name, floats, TOLERANCE);
        System.err.printf("%s %s: %.1e%n", parity, name, worst);
    }

    private static Seen run(
            ParityCase parity, ReferenceModel model, boolean oneStep, Guidance guidance)
            throws Exception {
        MaskedDiffusion.Options steps =
                MaskedDiffusion.Options.published(parity.config().get("steps").asInt());
        MaskedDiffusion diffusion =
                new MaskedDiffusion(
                        model.denoiser(), model.schedule, model.length, model.manager, steps);
        try (NDManager manager = NDManager.newBaseManager();
                WeightFile weights = SafeTensors.read(parity.file("reward.safetensors"), manager)) {
            CleanReward reward =
                    new CleanReward(
                            TinyNetworks.reward(weights, model.manager),
                            DesignReader.ofTokens("ACGT"));
            SoftValue value = new PosteriorMeanValue(diffusion, reward, 0, model.manager);
            Seen seen =
                    new Seen(
                            new RecordedProcess(diffusion, parity, oneStep),
                            new ArrayList<>(),
                            new ArrayList<>(),
                            new ArrayList<>(),
                            new ArrayList<>(),
                            new long[model.rows * model.length]);
            SoftValue recorder =
                    (x, index, ledger, noise) -> {
                        seen.valued().add(x.array(0).toLongArray());
                        seen.values().add(value.estimate(x, index, ledger, noise));
                        return seen.values().get(seen.values().size() - 1);
                    };
            ParticleFilter filter =
                    new ParticleFilter(
                            ParticleFilter.Options.defaults(model.rows)
                                    .withResampling(Resampling.MULTINOMIAL, 1)
                                    .withNormalised(false), // only a guidance has normalisers
                            parity.config().get("alpha").asDouble(),
                            recorder,
                            reward,
                            guidance);
            try (ParticleSystem all =
                    filter.sample(
                            seen.process(),
                            new long[] {0},
                            new RecordedGroupNoise(parity, oneStep ? 0 : 2),
                            model.ledger,
                            model.manager,
                            StepListener.NONE,
                            recorder(seen))) {
                long[] last = all.designs().array(0).toLongArray();
                System.arraycopy(last, 0, seen.last(), 0, last.length);
            }
            return seen;
        }
    }

    private static ParticleTrace recorder(Seen seen) {
        return new ParticleTrace() {
            @Override
            public void weighted(long sampleId, int step, double[] logWeights) {
                double[] weights = Arrays.stream(logWeights).map(Math::exp).toArray();
                double sum = Arrays.stream(weights).sum();
                float[] shares = new float[weights.length];
                for (int i = 0; i < shares.length; i++) {
                    shares[i] = (float) (weights[i] / sum);
                }
                seen.probabilities().add(shares);
            }

            @Override
            public void resampled(long sampleId, int step, int[] ancestors) {
                seen.ancestors().add(ancestors);
            }
        };
    }
}
