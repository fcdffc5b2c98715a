package dev.tiller.cli.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.tiller.guidance.DifferentiableLearnedValue;
import dev.tiller.guidance.DifferentiableValue;
import dev.tiller.guidance.Relaxation;
import dev.tiller.guidance.SoftPosteriorValue;
import dev.tiller.guidance.TaylorGuidance;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.Ancestral;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Guidance by gradients against the published codes, with their noise replayed. They differentiate
 * the mean over the batch, so their strength is divided by its size.
 */
class GradientParityIT {
    private static final int LETTERS = ReferenceModel.LETTERS;

    static Stream<ParityCase> tilted() {
        return Stream.concat(
                ParityCase.find("03_svdd_dps").stream(), ParityCase.find("03_drakes_cg").stream());
    }

    static Stream<ParityCase> classifier() {
        return ParityCase.find("03_svdd_classifier").stream();
    }

    @ParameterizedTest
    @MethodSource("tilted")
    void tiltsAsTheReference(ParityCase parity) throws Exception {
        boolean svdd = parity.has("out.reward");
        try (ReferenceModel model = new ReferenceModel(parity);
                WeightFile weights =
                        SafeTensors.read(parity.file("reward.safetensors"), model.manager)) {
            MaskedDiffusion process = process(parity, model);
            DifferentiableValue value =
                    new SoftPosteriorValue(
                            process,
                            TinyNetworks.reward(weights, model.manager),
                            "ACGT",
                            svdd ? Relaxation.SVDD_REFERENCE : Relaxation.DRAKES_REFERENCE);
            GuidedStep step = new GuidedStep(parity, model, process, value);
            step.requireGradient("out.grad_x", LETTERS + 1);
            step.requireValues(svdd ? "out.reward" : "out.reward_of_log_probs");
            double strength = parity.config().get("scale").asDouble() / model.rows;
            Guidance guidance = new TaylorGuidance(value, strength);
            Randomness noise = new RecordedNoise(parity, 0, 1);
            List<float[]> tilt = step.requireTilt(guidance, "out.q");
            State next = step.transition().tilted(tilt).draw(1, noise, model.manager);
            assertArrayEquals(parity.longs("out.next"), next.array(0).toLongArray());
            requireSample(parity, model, process, guidance);
        }
    }

    private static MaskedDiffusion process(ParityCase parity, ReferenceModel model) {
        return new MaskedDiffusion(
                model.denoiser(),
                model.schedule,
                model.length,
                model.manager,
                MaskedDiffusion.Options.published(parity.config().get("steps").asInt()));
    }

    private static void requireSample(
            ParityCase parity, ReferenceModel model, MaskedDiffusion process, Guidance guidance) {
        Randomness noise = new RecordedNoise(parity, 1, 1);
        long[] ids = model.ids();
        State x = process.prior(ids, new int[ids.length], noise, model.manager);
        for (int step = 0; step < process.steps(); step++) {
            Prediction prediction = process.predict(x, step, model.ledger, noise);
            List<float[]> tilt = guidance.tilt(x, prediction, step, model.ledger, noise);
            x = process.propose(x, prediction, step).tilted(tilt).draw(1, noise, model.manager);
            long[] expected = parity.longs("out.x" + step);
            assertArrayEquals(expected, x.array(0).toLongArray(), parity + " step " + step);
        }
        State designs =
                new Ancestral(guidance)
                        .decode(
                                process,
                                ids,
                                noise,
                                model.ledger,
                                model.manager,
                                StepListener.NONE);
        assertArrayEquals(parity.longs("out.final"), designs.array(0).toLongArray());
    }

    /** The code of SVDD adds the gradient to probabilities instead of log-probabilities. */
    @ParameterizedTest
    @MethodSource("classifier")
    void differentiatesTheClassifierAsTheReference(ParityCase parity) throws Exception {
        try (ReferenceModel model = new ReferenceModel(parity);
                WeightFile weights =
                        SafeTensors.read(parity.file("value.safetensors"), model.manager)) {
            MaskedDiffusion process = process(parity, model);
            DifferentiableValue value =
                    new DifferentiableLearnedValue(TinyNetworks.value(weights), model.manager);
            GuidedStep step = new GuidedStep(parity, model, process, value);
            step.requireGradient("out.grad_x", LETTERS);
            step.requireTilt((x, prediction, index, ledger, noise) -> step.noTilt(), "out.q");
            float[] moved = step.movedWeights();
            step.requireAtMasks("out.tilted", moved);
            long[] drawn = step.race(moved, new RecordedNoise(parity, 0, 1), 0);
            assertArrayEquals(parity.longs("out.next"), drawn);

            Randomness noise = new RecordedNoise(parity, 1, 1);
            State x = process.prior(model.ids(), new int[model.rows], noise, model.manager);
            for (int i = 0; i < process.steps(); i++) {
                GuidedStep at =
                        new GuidedStep(
                                parity,
                                model,
                                process,
                                value,
                                x.array(0).toLongArray(),
                                process.time(i),
                                process.time(i + 1));
                x = model.state(at.race(at.movedWeights(), noise, i));
                assertArrayEquals(parity.longs("out.x" + i), x.array(0).toLongArray());
            }
            State designs = process.finish(x, model.ledger, noise, model.manager);
            assertArrayEquals(parity.longs("out.final"), designs.array(0).toLongArray());
        }
    }
}
