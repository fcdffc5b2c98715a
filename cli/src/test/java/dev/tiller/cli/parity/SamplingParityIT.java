package dev.tiller.cli.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import dev.tiller.guidance.ClassifierFreeGuidance;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.Ancestral;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.masked.NoiseRemoval;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reverse steps and whole samples against the published codes, with their noise replayed. */
class SamplingParityIT {
    private static final double TOLERANCE = 1e-5;

    static Stream<ParityCase> steps() {
        return Stream.concat(
                ParityCase.find("02_reverse_step").stream(),
                ParityCase.find("02_cfg_step").stream());
    }

    static Stream<ParityCase> samples() {
        return ParityCase.find("02_sample_").stream();
    }

    private static boolean guided(ParityCase parity) {
        return parity.config().has("w");
    }

    private static Denoiser denoiser(ReferenceModel model, ParityCase parity) {
        if (!guided(parity)) {
            return model.denoiser();
        }
        int label = parity.config().get("cls").asInt();
        // the class "none" is the last row of the embedding, one after the named ones
        long none =
                parity.json().at("/models/main/parameters/backbone.cls_embedder.weight/0").asLong()
                        - 1;
        return new ClassifierFreeGuidance(
                model.denoiser(OptionalInt.of(label)),
                model.denoiser(OptionalInt.of((int) none)),
                parity.config().get("w").asDouble(),
                false);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void takesTheReferencesStep(ParityCase parity) throws Exception {
        try (ReferenceModel model = new ReferenceModel(parity)) {
            Denoiser denoiser = denoiser(model, parity);
            step(parity, model, denoiser, "out.next", "out.q", 0);
        }
        if (parity.has("out.cache_next")) {
            // the caching update takes t itself for the move chance, but tells the network sigma(t)
            try (ReferenceModel model = new ReferenceModel(parity, new LogLinear(0));
                    ReferenceModel published = new ReferenceModel(parity)) {
                step(parity, model, published.denoiser(), "out.cache_next", "out.cache_q", 1);
            }
        }
    }

    private static void step(
            ParityCase parity,
            ReferenceModel model,
            Denoiser denoiser,
            String next,
            String weights,
            int draw) {
        float[] times = parity.floats("in.t");
        double dt = parity.config().get("dt").asDouble();
        double[] t = new double[times.length];
        Arrays.setAll(t, row -> times[row]);
        State all = model.state(parity.longs("in.x"));
        NDArray logPosterior = denoiser.logPosterior(all.array(0), t);
        Prediction prediction = ReferenceModel.prediction(logPosterior);
        MaskedDiffusion process =
                new MaskedDiffusion(
                        denoiser,
                        model.schedule,
                        model.length,
                        model.manager,
                        MaskedDiffusion.Options.published(1));
        Randomness noise = new RecordedNoise(parity, draw, 1);
        List<Long> drawn = new ArrayList<>();
        for (int row = 0; row < t.length; row++) {
            State one = all.select(new int[] {row}, model.manager);
            Prediction own = new Prediction(List.of(prediction.row(row)));
            Proposal proposal = process.transition(one, own, t[row], t[row] - dt, 0);
            for (long token : proposal.draw(1, noise, model.manager).array(0).toLongArray()) {
                drawn.add(token);
            }
        }
        long[] actual = drawn.stream().mapToLong(Long::longValue).toArray();
        assertArrayEquals(parity.longs(next), actual, parity + " " + next);
        requireWeights(parity, model, all, prediction, t, dt, weights);
    }

    /** The unnormalised weights q of the reference at masked positions. */
    private static void requireWeights(
            ParityCase parity,
            ReferenceModel model,
            State x,
            Prediction prediction,
            double[] t,
            double dt,
            String name) {
        float[] expected = parity.floats(name);
        long[] tokens = x.array(0).toLongArray();
        int letters = ReferenceModel.LETTERS;
        float[] actual = expected.clone();
        for (int i = 0; i < tokens.length; i++) {
            int row = i / model.length;
            double atT = model.schedule.moveChance(t[row]);
            double atS = model.schedule.moveChance(t[row] - dt);
            for (int k = 0; k < letters && tokens[i] == letters; k++) {
                double log = prediction.row(row)[(i % model.length) * letters + k];
                actual[i * (letters + 1) + k] = (float) (Math.exp(log) * (atT - atS));
            }
            if (tokens[i] == letters) {
                actual[i * (letters + 1) + letters] = (float) atS;
            }
        }
        double worst = parity.requireClose(name, actual, TOLERANCE);
        System.err.printf("%s %s: %.1e%n", parity, name, worst);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void drawsTheReferencesSamples(ParityCase parity) throws Exception {
        String predictor = parity.config().get("predictor").asText();
        int steps = parity.config().get("steps").asInt();
        double eps = predictor.equals("ddpm_cache") ? 0 : 1e-3;
        NoiseRemoval removal = predictor.equals("analytic") ? NoiseRemoval.DRAW : NoiseRemoval.MODE;
        try (ReferenceModel model = new ReferenceModel(parity, new LogLinear(eps))) {
            long[] last =
                    sample(
                            parity,
                            model,
                            new MaskedDiffusion.Options(steps, 1e-5, removal),
                            0,
                            true);
            assertArrayEquals(parity.longs("out.final"), last, parity + " final");
            if (parity.has("out.eps2.final")) {
                double end = parity.config().get("eps2").asDouble();
                int first = removal == NoiseRemoval.DRAW ? steps + 1 : steps;
                MaskedDiffusion.Options early = new MaskedDiffusion.Options(steps, end, removal);
                long[] stopped = sample(parity, model, early, first, false);
                assertArrayEquals(parity.longs("out.eps2.final"), stopped, parity + " eps2");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cfgSamples")
    void drawsTheReferencesGuidedSample(ParityCase parity) throws Exception {
        int steps = parity.config().get("steps").asInt();
        try (ReferenceModel model = new ReferenceModel(parity)) {
            MaskedDiffusion process =
                    new MaskedDiffusion(
                            denoiser(model, parity),
                            model.schedule,
                            model.length,
                            model.manager,
                            MaskedDiffusion.Options.published(steps));
            State designs = walk(process, parity, model, 1, true);
            assertArrayEquals(parity.longs("out.final"), designs.array(0).toLongArray());
        }
    }

    static Stream<ParityCase> cfgSamples() {
        return ParityCase.find("02_cfg_step").stream();
    }

    private static long[] sample(
            ParityCase parity,
            ReferenceModel model,
            MaskedDiffusion.Options options,
            int firstDraw,
            boolean compareStates) {
        MaskedDiffusion process =
                new MaskedDiffusion(
                        model.denoiser(), model.schedule, model.length, model.manager, options);
        return walk(process, parity, model, firstDraw, compareStates).array(0).toLongArray();
    }

    private static State walk(
            MaskedDiffusion process,
            ParityCase parity,
            ReferenceModel model,
            int firstDraw,
            boolean compareStates) {
        long[] ids = new long[model.rows];
        Arrays.setAll(ids, i -> i);
        Randomness noise = new RecordedNoise(parity, firstDraw, 1);
        if (compareStates) {
            State x = process.prior(ids, new int[ids.length], noise, model.manager);
            for (int step = 0; step < process.steps(); step++) {
                Prediction prediction = process.predict(x, step, model.ledger, noise);
                x = process.propose(x, prediction, step).draw(1, noise, model.manager);
                long[] expected = parity.longs("out.x" + step);
                assertArrayEquals(expected, x.array(0).toLongArray(), parity + " step " + step);
            }
        }
        long before = model.ledger.rows(Ledger.Account.DENOISER);
        State designs =
                new Ancestral()
                        .decode(
                                process,
                                ids,
                                noise,
                                model.ledger,
                                model.manager,
                                StepListener.NONE);
        assertEquals(model.rows, designs.rows());
        long spent = model.ledger.rows(Ledger.Account.DENOISER) - before;
        if (compareStates && parity.has("out.network_calls")) {
            long calls = parity.longs("out.network_calls")[0];
            assertTrue(spent <= calls * model.rows, spent + " rows, the reference has " + calls);
        }
        return designs;
    }
}
