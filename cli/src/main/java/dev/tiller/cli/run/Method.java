package dev.tiller.cli.run;

import dev.tiller.cli.run.Steering.Accept;
import dev.tiller.cli.run.Steering.GuidanceKind;
import dev.tiller.cli.run.Steering.PosteriorKind;
import dev.tiller.cli.run.Steering.ValueKind;
import dev.tiller.sampler.decoder.Keep;
import dev.tiller.sampler.decoder.Potential;
import dev.tiller.sampler.decoder.Resampling;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How the trajectory is steered, and which settings each way has, with their defaults. A setting
 * that a method does not have is refused rather than ignored.
 */
public enum Method {
    /** Not at all. */
    UNGUIDED("unguided"),
    /** N chains, the best one kept. */
    BEST_OF_N("best-of-n", settings("candidates", 10)),
    /** P chains, one drawn by exp(r / tau). */
    IMPORTANCE_SAMPLING("importance-sampling", settings("particles", 10, "temperature", 0.1)),
    /** SVDD with the posterior-mean value. */
    SVDD_PM("svdd-pm", settings("candidates", 10, "temperature", 0.0), posterior(), lookAhead()),
    /** SVDD with a learned value network. */
    SVDD_MC("svdd-mc", settings("candidates", 10, "temperature", 0.0), lookAhead()),
    /** SVDD on particles, the worst of which are replaced. */
    SVDD_R(
            "svdd-r",
            settings(
                    "particles",
                    10,
                    "candidates",
                    5,
                    "temperature",
                    0.0,
                    "worstShare",
                    0.1,
                    "keep",
                    Keep.BEST),
            value()),
    /** Sequential Monte Carlo with soft values. */
    SMC("smc", particles(), value()),
    /** Nested importance sampling: SMC whose particles choose among candidates. */
    NESTED_IS("nested-is", particles(), settings("candidates", 5), value()),
    /** Feynman-Kac steering. */
    FK("fk", particles(), settings("potential", Potential.MAX), value()),
    /** Twisted diffusion sampler: SMC with a guided proposal. */
    TDS("tds", particles(), value(), settings("strength", null)),
    /** Diffusion posterior sampling: the gradient through reward and denoiser. */
    DPS("dps", settings("strength", Method.STRENGTH)),
    /** Discrete classifier guidance, exact over single letters or by a gradient. */
    CLASSIFIER_GUIDANCE(
            "classifier-guidance",
            settings("strength", Method.STRENGTH, "guidance", GuidanceKind.EXACT),
            value()),
    /** Iterative refinement: noise designs again in part, decode them by SVDD, keep the better. */
    REFINE(
            "refine",
            settings(
                    "rounds",
                    20,
                    "letters",
                    null,
                    "share",
                    null,
                    "accept",
                    Accept.NOT_WORSE,
                    "lineages",
                    1,
                    "until",
                    null,
                    "candidates",
                    10,
                    "temperature",
                    0.0),
            value());

    private static final double STRENGTH = 20;

    private final String label;
    private final Map<String, Object> settings = new LinkedHashMap<>();

    @SafeVarargs
    Method(String label, Map<String, Object>... groups) {
        this.label = label;
        for (Map<String, Object> group : groups) {
            settings.putAll(group);
        }
    }

    /** Takes names and defaults in turn; null is a setting that need not be given. */
    private static Map<String, Object> settings(Object... namesAndDefaults) {
        Map<String, Object> settings = new LinkedHashMap<>();
        for (int i = 0; i < namesAndDefaults.length; i += 2) {
            settings.put((String) namesAndDefaults[i], namesAndDefaults[i + 1]);
        }
        return settings;
    }

    private static Map<String, Object> posterior() {
        return settings("posterior", PosteriorKind.DRAWS, "posteriorDraws", 8);
    }

    private static Map<String, Object> value() {
        Map<String, Object> settings = settings("value", ValueKind.POSTERIOR_MEAN);
        settings.putAll(posterior());
        return settings;
    }

    private static Map<String, Object> lookAhead() {
        return settings(
                "every",
                1,
                "screen",
                null,
                "screenTop",
                null,
                "adaptiveFirst",
                null,
                "adaptiveSpread",
                null);
    }

    private static Map<String, Object> particles() {
        return settings(
                "particles",
                10,
                "temperature",
                0.1,
                "resampling",
                Resampling.SYSTEMATIC,
                "essThreshold",
                0.5,
                "every",
                1,
                "startStep",
                0,
                "keep",
                Keep.DRAW);
    }

    /**
     * Returns the settings of this method.
     *
     * @return the names of components of {@link Steering}, each with its default, which may be null
     */
    public Map<String, Object> settings() {
        return Collections.unmodifiableMap(settings);
    }

    /** Returns the name used on the command line. */
    @Override
    public String toString() {
        return label;
    }
}
