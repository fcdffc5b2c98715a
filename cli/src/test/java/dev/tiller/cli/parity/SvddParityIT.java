package dev.tiller.cli.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDManager;
import dev.tiller.guidance.CleanReward;
import dev.tiller.guidance.DesignReader;
import dev.tiller.guidance.LearnedValue;
import dev.tiller.guidance.PosteriorMeanValue;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.Svdd;
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

/** SVDD-PM and SVDD-MC against the published code, with its noise replayed. */
class SvddParityIT {
    private static final double TOLERANCE = 1e-5;

    static Stream<ParityCase> cases() {
        return Stream.concat(
                ParityCase.find("03_svdd_pm").stream(), ParityCase.find("03_svdd_mc").stream());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decodesAsTheReference(ParityCase parity) throws Exception {
        int steps = parity.config().get("steps").asInt();
        int candidates = parity.config().get("M").asInt();
        try (ReferenceModel model = new ReferenceModel(parity);
                NDManager manager = NDManager.newBaseManager();
                WeightFile weights = weights(parity, manager)) {
            MaskedDiffusion process =
                    new MaskedDiffusion(
                            model.denoiser(),
                            model.schedule,
                            model.length,
                            model.manager,
                            MaskedDiffusion.Options.published(steps));
            SoftValue value = value(parity, process, weights, model);
            List<long[]> drawn = new ArrayList<>();
            List<double[]> scores = new ArrayList<>();
            SoftValue recorder =
                    (x, index, ledger, noise) -> {
                        double[] estimate = value.estimate(x, index, ledger, noise);
                        drawn.add(x.array(0).toLongArray());
                        scores.add(estimate);
                        return estimate;
                    };
            long[] ids = new long[model.rows];
            Arrays.setAll(ids, i -> i);
            State designs =
                    new Svdd(candidates, 0, recorder)
                            .decode(
                                    process,
                                    ids,
                                    new RecordedNoise(parity, 0, candidates),
                                    model.ledger,
                                    model.manager,
                                    StepListener.NONE);
            assertArrayEquals(parity.longs("out.final"), designs.array(0).toLongArray());
            requireCandidates(parity, model, drawn, scores, candidates);
        }
    }

    private static WeightFile weights(ParityCase parity, NDManager manager) throws Exception {
        boolean learned = parity.json().get("models").has("value");
        return SafeTensors.read(
                parity.file(learned ? "value.safetensors" : "reward.safetensors"), manager);
    }

    private static SoftValue value(
            ParityCase parity, MaskedDiffusion process, WeightFile weights, ReferenceModel model) {
        if (parity.json().get("models").has("value")) {
            return new LearnedValue(TinyNetworks.value(weights), model.manager);
        }
        // the published code compares its option with the string "True"
        if (!parity.config().get("options").isTextual()) {
            return new LearnedValue(TinyNetworks.maskedReward(weights), model.manager);
        }
        CleanReward reward =
                new CleanReward(
                        TinyNetworks.reward(weights, model.manager), DesignReader.ofTokens("ACGT"));
        return new PosteriorMeanValue(process, reward, 0, model.manager);
    }

    /** Ours are ordered [T][B][M], the reference's [T][M][B]. */
    private static void requireCandidates(
            ParityCase parity,
            ReferenceModel model,
            List<long[]> drawn,
            List<double[]> scores,
            int candidates) {
        int length = model.length;
        long[] expected = parity.longs("out.candidates");
        long[] tokens = new long[expected.length];
        float[] values = new float[parity.floats("out.scores").length];
        assertEquals(expected.length, drawn.size() * drawn.get(0).length);
        for (int step = 0; step < drawn.size(); step++) {
            for (int row = 0; row < model.rows; row++) {
                for (int m = 0; m < candidates; m++) {
                    int ours = row * candidates + m;
                    int theirs = (step * candidates + m) * model.rows + row;
                    System.arraycopy(
                            drawn.get(step), ours * length, tokens, theirs * length, length);
                    values[theirs] = (float) scores.get(step)[ours];
                }
            }
        }
        assertArrayEquals(expected, tokens, parity + " candidates");
        double worst = parity.requireClose("out.scores", values, TOLERANCE);
        System.err.printf("%s scores: %.1e%n", parity, worst);
    }
}
