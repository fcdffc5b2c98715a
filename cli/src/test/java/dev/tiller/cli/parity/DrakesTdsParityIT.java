package dev.tiller.cli.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.tiller.guidance.CleanReward;
import dev.tiller.guidance.DesignReader;
import dev.tiller.guidance.PosteriorMeanValue;
import dev.tiller.guidance.Relaxation;
import dev.tiller.guidance.SoftPosteriorValue;
import dev.tiller.guidance.TaylorGuidance;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Twisted sampling as the code of DRAKES has it: the proposal of its classifier guidance, weights
 * exp((r(mode at xs) - r(mode at xt)) / alpha) / exp(guidance of what was drawn), which lack the
 * normaliser of the proposal, and a resampling of the whole batch at every step.
 */
class DrakesTdsParityIT {
    private static final int LETTERS = ReferenceModel.LETTERS;
    private static final Randomness NO_NOISE = new Philox(0);

    static List<ParityCase> cases() {
        return ParityCase.find("03_drakes_tds");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void proposesAndWeighsAsTheReference(ParityCase parity) throws Exception {
        try (ReferenceModel model = new ReferenceModel(parity);
                WeightFile weights =
                        SafeTensors.read(parity.file("reward.safetensors"), model.manager)) {
            MaskedDiffusion process =
                    new MaskedDiffusion(
                            model.denoiser(),
                            model.schedule,
                            model.length,
                            model.manager,
                            MaskedDiffusion.Options.published(
                                    parity.config().get("steps").asInt()));
            DifferentiableReward reward = TinyNetworks.reward(weights, model.manager);
            SoftPosteriorValue value =
                    new SoftPosteriorValue(process, reward, "ACGT", Relaxation.DRAKES_REFERENCE);
            double strength = parity.config().get("scale").asDouble() / model.rows;
            Guidance guidance = new TaylorGuidance(value, strength);
            SoftValue mode =
                    new PosteriorMeanValue(
                            process,
                            new CleanReward(reward, DesignReader.ofTokens("ACGT")),
                            0,
                            model.manager);
            GuidedStep recorded = new GuidedStep(parity, model, process, value);
            recorded.requireGradient("out.grad_x", LETTERS + 1);
            recorded.requireValues("out.reward_of_log_probs");
            requireMode(parity, "out.reward_den", mode, recorded.x(), model);
            List<float[]> tilt = recorded.requireTilt(guidance, "out.q");
            State drawn =
                    recorded.transition()
                            .tilted(tilt)
                            .draw(1, new RecordedNoise(parity, 0, 2), model.manager);
            requireMode(parity, "out.reward_num", mode, drawn, model);
            int[] kept = resample(parity, model, mode, recorded.x(), drawn, tilt, 0);
            State next = drawn.select(kept, model.manager);
            assertArrayEquals(parity.longs("out.next"), next.array(0).toLongArray());
            requireSample(parity, model, process, guidance, mode);
        }
    }

    private static void requireMode(
            ParityCase parity, String name, SoftValue mode, State x, ReferenceModel model) {
        double[] values = mode.estimate(x, 0, model.ledger, NO_NOISE);
        float[] rounded = new float[values.length];
        for (int row = 0; row < values.length; row++) {
            rounded[row] = (float) values[row];
        }
        parity.requireClose(name, rounded, GuidedStep.TOLERANCE);
    }

    private static void requireSample(
            ParityCase parity,
            ReferenceModel model,
            MaskedDiffusion process,
            Guidance guidance,
            SoftValue mode) {
        Randomness noise = new RecordedNoise(parity, 2, 2);
        State x = process.prior(model.ids(), new int[model.rows], noise, model.manager);
        for (int step = 0; step < process.steps(); step++) {
            var prediction = process.predict(x, step, model.ledger, noise);
            List<float[]> tilt = guidance.tilt(x, prediction, step, model.ledger, noise);
            State drawn =
                    process.propose(x, prediction, step).tilted(tilt).draw(1, noise, model.manager);
            int[] kept = resample(parity, model, mode, x, drawn, tilt, step + 1);
            // the reference's noise belongs to the place in the batch
            x = model.state(drawn.select(kept, model.manager).array(0).toLongArray());
            long[] expected = parity.longs("out.x" + step);
            assertArrayEquals(expected, x.array(0).toLongArray(), parity + " step " + step);
        }
        State designs = process.finish(x, model.ledger, noise, model.manager);
        assertArrayEquals(parity.longs("out.final"), designs.array(0).toLongArray());
    }

    /** Checks the normalised weights and returns the particles that are kept. */
    private static int[] resample(
            ParityCase parity,
            ReferenceModel model,
            SoftValue mode,
            State before,
            State after,
            List<float[]> tilt,
            int call) {
        double alpha = parity.config().get("alpha").asDouble();
        double[] old = mode.estimate(before, 0, model.ledger, NO_NOISE);
        double[] now = mode.estimate(after, 0, model.ledger, NO_NOISE);
        long[] was = before.array(0).toLongArray();
        long[] is = after.array(0).toLongArray();
        double[] weights = new double[model.rows];
        for (int row = 0; row < weights.length; row++) {
            double log = (now[row] - old[row]) / alpha;
            for (int position = 0; position < model.length; position++) {
                int i = row * model.length + position;
                if (was[i] == LETTERS) {
                    log -= tilt.get(row)[position * (LETTERS + 1) + (int) is[i]];
                }
            }
            weights[row] = Math.exp(log);
        }
        double sum = Arrays.stream(weights).sum();
        float[] shares = new float[weights.length];
        for (int row = 0; row < shares.length; row++) {
            shares[row] = (float) (weights[row] / sum);
        }
        double worst = parity.requireClose("out.resample_p." + call, shares, GuidedStep.TOLERANCE);
        System.err.printf("%s weights of call %d: %.1e%n", parity, call, worst);
        float[] uniforms = parity.floats(String.format("noise.%03d", 2 * call + 1));
        int[] kept = new int[shares.length];
        for (int i = 0; i < kept.length; i++) {
            double below = 0;
            while (kept[i] < kept.length - 1 && (below += weights[kept[i]] / sum) <= uniforms[i]) {
                kept[i]++;
            }
        }
        return kept;
    }
}
