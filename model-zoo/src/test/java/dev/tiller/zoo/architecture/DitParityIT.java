package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.tiller.sampler.masked.D3pm;
import dev.tiller.sampler.masked.ScoreEntropy;
import dev.tiller.sampler.masked.Subs;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.sampler.parity.ParityCase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with MDLM's DIT and its parameterisations. */
class DitParityIT {
    private static final double FORWARD = 1e-5;
    private static final double GRADIENT = 5e-5;
    private static final String PREFIX = "backbone.";

    static List<ParityCase> cases() {
        return ParityCase.find("08_dit");
    }

    static List<ParityCase> forwardCases() {
        return ParityCase.find("08_dit_forward");
    }

    private NDManager manager;
    private Dit block;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private void load(ParityCase parity) {
        block = new Dit(ParityBlocks.dit(parity));
        ParityBlocks.load(parity, block, manager);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void namesFollowTheReference(ParityCase parity) {
        List<String> names = new ArrayList<>();
        parity.json()
                .at("/models/main/parameters")
                .fieldNames()
                .forEachRemaining(name -> names.add(name.substring(PREFIX.length())));
        assertEquals(names, new Dit(ParityBlocks.dit(parity)).getParameters().keys());
    }

    @ParameterizedTest
    @MethodSource("forwardCases")
    void outputsAndGradientsEqualTheReference(ParityCase parity) {
        load(parity);
        NDArray x = ParityBlocks.longs(parity, "in.x", manager);
        NDArray sigma = ParityBlocks.floats(parity, "in.sigma", manager);
        double worst;
        try (GradientCollector gradients = Engine.getInstance().newGradientCollector()) {
            NDArray logits = ParityBlocks.forward(block, x, sigma).head();
            worst = parity.requireClose("out.logits", logits.toFloatArray(), FORWARD);
            worst = Math.max(worst, heads(parity, logits, x));
            gradients.backward(logits.mul(ParityBlocks.floats(parity, "in.probe", manager)).sum());
        }
        double worstGradient = gradients(parity);
        NDArray oneHot = x.oneHot(block.letters() + 1);
        NDArray soft = ParityBlocks.forward(block, oneHot, sigma).head();
        parity.requireClose("out.logits", soft.toFloatArray(), FORWARD);
        block.freezeParameters(true);
        block.fold(manager);
        NDArray folded = ParityBlocks.forward(block, x, sigma).head();
        parity.requireClose("out.logits", folded.toFloatArray(), FORWARD);
        System.err.printf("%s: forward %.1e, gradients %.1e%n", parity, worst, worstGradient);
    }

    /**
     * No case holds gradients of soft inputs. At the one-hot of x they are products of the same
     * gradients of features that the case's gradient of the embedding sums by token.
     */
    @ParameterizedTest
    @MethodSource("forwardCases")
    void softInputsHaveTheGradientOfTheirEmbeddings(ParityCase parity) {
        load(parity);
        String name = "vocab_embed.embedding";
        NDArray embedding = block.weights().get(name);
        NDArray ofEmbedding = ParityBlocks.floats(parity, "grad." + PREFIX + name, manager);
        NDArray expected = ofEmbedding.matMul(embedding.transpose());
        int v = block.letters() + 1;
        NDArray soft = ParityBlocks.longs(parity, "in.x", manager).oneHot(v);
        soft.setRequiresGradient(true);
        NDArray sigma = ParityBlocks.floats(parity, "in.sigma", manager);
        NDArray probe = ParityBlocks.floats(parity, "in.probe", manager);
        Gradients.backward(
                manager, () -> ParityBlocks.forward(block, soft, sigma).head().mul(probe).sum());
        NDArray byToken =
                soft.stopGradient()
                        .reshape(-1, v)
                        .transpose()
                        .matMul(soft.getGradient().reshape(-1, v));
        float largest = expected.abs().max().getFloat();
        float difference = expected.sub(byToken).abs().max().getFloat();
        assertTrue(difference <= GRADIENT * largest, difference + " of " + largest);
    }

    private static double heads(ParityCase parity, NDArray logits, NDArray x) {
        int letters = (int) logits.getShape().get(2) - 1;
        NDArray subs = Subs.carriedOver(Subs.logPosterior(logits, letters), x);
        NDArray sedd = ScoreEntropy.logScore(logits, x, doubles(parity.floats("in.sigma")));
        NDArray d3pm = D3pm.logPosterior(logits);
        NDArray d3pmMasked = D3pm.logPosteriorOfCleanTokens(logits);
        double worst = parity.requireClose("out.subs", subs.toFloatArray(), FORWARD);
        worst = Math.max(worst, parity.requireClose("out.sedd", sedd.toFloatArray(), FORWARD));
        worst = Math.max(worst, parity.requireClose("out.d3pm", d3pm.toFloatArray(), FORWARD));
        return Math.max(
                worst, parity.requireClose("out.d3pm_masked", d3pmMasked.toFloatArray(), FORWARD));
    }

    private double gradients(ParityCase parity) {
        double worst = 0;
        int compared = 0;
        for (String name : block.trainable()) {
            String key = "grad." + PREFIX + name;
            if (parity.has(key)) {
                float[] actual = block.weights().get(name).getGradient().toFloatArray();
                worst = Math.max(worst, parity.requireClose(key, actual, GRADIENT));
                compared++;
            }
        }
        assertEquals(block.trainable().size(), compared);
        return worst;
    }

    private NDArray column(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return manager.create(floats).reshape(-1, 1);
    }

    /** Log-linear noise. */
    private static double[] sigma(double[] t) {
        double[] sigma = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            sigma[i] = -Math.log1p(-(1 - 1e-3) * t[i]);
        }
        return sigma;
    }

    private static double[] doubles(float[] floats) {
        double[] doubles = new double[floats.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = floats[i];
        }
        return doubles;
    }

    static List<ParityCase> scoreCases() {
        return ParityCase.find("08_dit").stream().filter(c -> c.has("out.score")).toList();
    }

    /** MDLM turns the SUBS posterior to scores p / (exp(sigma) - 1) at masked positions. */
    @ParameterizedTest
    @MethodSource("scoreCases")
    void scoresEqualTheReference(ParityCase parity) {
        load(parity);
        NDArray x = ParityBlocks.longs(parity, "in.x", manager);
        double[] sigma = sigma(doubles(parity.floats("in.t")));
        NDArray logits = ParityBlocks.forward(block, x, column(sigma).reshape(-1)).head();
        float[] scores;
        if (parity.config().get("parameterization").asText().equals("sedd")) {
            scores = ScoreEntropy.logScore(logits, x, sigma).exp().toFloatArray();
        } else {
            double[] odds = new double[sigma.length];
            for (int i = 0; i < odds.length; i++) {
                odds[i] = 1 / Math.expm1(sigma[i]);
            }
            NDArray p = Subs.carriedOver(Subs.logPosterior(logits, block.letters()), x).exp();
            scores = p.mul(column(odds).expandDims(2)).toFloatArray();
            leaveOutWhatHasNoPosterior(scores, parity.floats("out.score"), x);
        }
        double worst = parity.requireClose("out.score", scores, FORWARD);
        System.err.printf("%s: scores %.1e%n", parity, worst);
    }

    /**
     * The letters that SEDD reveals in its analytic step are drawn by its scores; given that one is
     * revealed, that is the posterior of SUBS, for whatever depends on sigma alone cancels.
     */
    @ParameterizedTest
    @MethodSource("scoreCases")
    void lettersAreRevealedByThePosterior(ParityCase parity) {
        load(parity);
        NDArray x = ParityBlocks.longs(parity, "in.x", manager);
        double[] sigma = sigma(doubles(parity.floats("in.t")));
        NDArray logits = ParityBlocks.forward(block, x, column(sigma).reshape(-1)).head();
        int letters = block.letters();
        float[] posterior = Subs.logPosterior(logits, letters).exp().toFloatArray();
        float[] probabilities = parity.floats("out.step_probs");
        long[] tokens = x.toLongArray();
        int compared = 0;
        for (int position = 0; position < tokens.length; position++) {
            double revealed = 0;
            for (int letter = 0; letter < letters; letter++) {
                revealed += probabilities[position * (letters + 1) + letter];
            }
            for (int letter = 0; letter < letters && tokens[position] == letters; letter++) {
                double share = probabilities[position * (letters + 1) + letter] / revealed;
                assertEquals(share, posterior[position * letters + letter], FORWARD);
                compared++;
            }
        }
        assertTrue(compared > letters, compared + " letters");
    }

    /** Clean positions and the mask's own entry, which follow from sigma alone. */
    private void leaveOutWhatHasNoPosterior(float[] scores, float[] expected, NDArray x) {
        long[] tokens = x.toLongArray();
        int v = block.letters() + 1;
        for (int i = 0; i < scores.length; i++) {
            if (tokens[i / v] != v - 1 || i % v == v - 1) {
                scores[i] = expected[i];
            }
        }
    }
}
