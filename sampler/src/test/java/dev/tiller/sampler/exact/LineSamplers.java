package dev.tiller.sampler.exact;

import dev.tiller.sampler.exact.LineChain.Transition;
import dev.tiller.sampler.gaussian.Langevin;
import dev.tiller.sampler.gaussian.Predictor;
import dev.tiller.sampler.gaussian.SamplerOptions;
import dev.tiller.sampler.gaussian.Sde;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * The chains of the predictor-corrector samplers for a mixture on the line, from the formulas of
 * the papers.
 */
public final class LineSamplers {
    private LineSamplers() {}

    /** Returns the chain of a sampler. */
    public static LineChain chain(LineMixture mixture, Sde sde, SamplerOptions options) {
        List<Transition> transitions = new ArrayList<>();
        int steps = options.steps();
        DoubleUnaryOperator end = null;
        for (int k = 0; k < steps; k++) {
            double t = 1 - k * (1 - options.eps()) / (steps - 1);
            double s = k == steps - 1 ? 0 : 1 - (k + 1) * (1 - options.eps()) / (steps - 1);
            LineMixture law = mixture.noised(sde, t);
            for (int n = 0; n < options.corrector().steps(); n++) {
                transitions.add(correction(law, sde, t, options));
            }
            if (options.predictor() == Predictor.S4) {
                transitions.add(firstHalf(law, sde, t, options));
                Transition second = secondHalf(sde, t, steps);
                end = second.mean();
                if (k < steps - 1) {
                    transitions.add(second);
                }
                continue;
            }
            Transition prediction = prediction(law, sde, t, s, options);
            boolean tweedie =
                    options.predictor() == Predictor.DDIM
                            || options.predictor() == Predictor.ANCESTRAL;
            double std = sde.std(t);
            end = tweedie ? x -> (x + std * std * law.score(x)) / sde.alpha(t) : prediction.mean();
            if (k < steps - 1) {
                transitions.add(prediction);
            }
        }
        return new LineChain(sde.priorStd(), transitions, end);
    }

    private static Transition correction(
            LineMixture law, Sde sde, double t, SamplerOptions options) {
        DoubleUnaryOperator size = x -> stepSize(law, sde, t, options, x);
        return new Transition(
                x -> x + size.applyAsDouble(x) * law.score(x),
                x -> options.corrector().scale() * Math.sqrt(2 * size.applyAsDouble(x)));
    }

    private static double stepSize(
            LineMixture law, Sde sde, double t, SamplerOptions options, double x) {
        Langevin corrector = options.corrector();
        double ratio = corrector.snr() / law.score(x);
        double scale = 1;
        if (!sde.name().equals("ve")) {
            int i = (int) (t * (options.steps() - 1));
            double position = (double) i / (options.steps() - 1);
            double beta = sde.diffusion(position) * sde.diffusion(position) / options.steps();
            scale =
                    sde.name().equals("vp")
                            ? 1 - beta
                            : 1 + 2 * sde.drift(position) / options.steps();
        }
        return Math.min(2 * scale * ratio * ratio, sde.std(t) * sde.std(t));
    }

    private static Transition prediction(
            LineMixture law, Sde sde, double t, double s, SamplerOptions options) {
        int steps = options.steps();
        double dt = 1.0 / steps;
        double g = sde.diffusion(t);
        return switch (options.predictor()) {
            case EULER ->
                    new Transition(
                            x -> x - (sde.drift(t) * x - g * g * law.score(x)) * dt,
                            x -> g * Math.sqrt(dt));
            case REVERSE -> reverse(law, sde, t, steps);
            case ANCESTRAL -> posterior(law, sde, t, s, 1);
            case DDIM -> posterior(law, sde, t, s, options.eta());
            case S4 -> throw new IllegalArgumentException("has two halves");
        };
    }

    private static Transition reverse(LineMixture law, Sde sde, double t, int steps) {
        int i = (int) (t * (steps - 1));
        double position = (double) i / (steps - 1);
        if (sde.name().equals("ve")) {
            double before = i == 0 ? 0 : sde.std((double) (i - 1) / (steps - 1));
            double variance = Math.pow(sde.std(position), 2) - before * before;
            return new Transition(x -> x + variance * law.score(x), x -> Math.sqrt(variance));
        }
        if (sde.name().equals("vp")) {
            double beta = Math.pow(sde.diffusion(position), 2) / steps;
            return new Transition(
                    x -> (2 - Math.sqrt(1 - beta)) * x + beta * law.score(x), x -> Math.sqrt(beta));
        }
        double g = sde.diffusion(t);
        return new Transition(
                x -> x - (sde.drift(t) * x - g * g * law.score(x)) / steps,
                x -> g / Math.sqrt(steps));
    }

    /** p(x_s | x_t, x_0) = N(alpha_s x_0 + sqrt(s_s^2 - sigma^2) z, sigma^2) at the means. */
    private static Transition posterior(LineMixture law, Sde sde, double t, double s, double eta) {
        double alphaT = sde.alpha(t);
        double alphaS = sde.alpha(s);
        double varT = Math.pow(sde.std(t), 2);
        double varS = Math.pow(sde.std(s), 2);
        double between = varT - Math.pow(alphaT / alphaS, 2) * varS;
        double sigma2 = eta * eta * varS / varT * between;
        return new Transition(
                x -> {
                    double clean = (x + varT * law.score(x)) / alphaT;
                    double z = (x - alphaT * clean) / Math.sqrt(varT);
                    return alphaS * clean + Math.sqrt(Math.max(varS - sigma2, 0)) * z;
                },
                x -> Math.sqrt(sigma2));
    }

    /** A correction, half a step of the transition, and the drift of the score. */
    private static Transition firstHalf(
            LineMixture law, Sde sde, double t, SamplerOptions options) {
        double dt = 1.0 / options.steps();
        double g = sde.diffusion(t);
        double factor = sde.alpha(t) / sde.alpha(t - dt / 2);
        double variance = Math.pow(sde.std(t), 2) - Math.pow(factor * sde.std(t - dt / 2), 2);
        DoubleUnaryOperator size = x -> stepSize(law, sde, t, options, x);
        double c = options.corrector().scale() * options.corrector().scale();
        return new Transition(
                x ->
                        (x + size.applyAsDouble(x) * law.score(x)) / factor
                                + g * g * dt * law.score(x),
                x -> Math.sqrt(2 * size.applyAsDouble(x) * c / (factor * factor) + variance));
    }

    private static Transition secondHalf(Sde sde, double t, int steps) {
        double s = t - 1.0 / steps;
        double middle = t - 0.5 / steps;
        double factor = sde.alpha(middle) / sde.alpha(s);
        double variance =
                s < 0 ? 0 : Math.pow(sde.std(middle), 2) - Math.pow(factor * sde.std(s), 2);
        return new Transition(x -> x / factor, x -> Math.sqrt(variance));
    }
}
