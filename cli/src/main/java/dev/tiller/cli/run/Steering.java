package dev.tiller.cli.run;

import dev.tiller.sampler.decoder.Keep;
import dev.tiller.sampler.decoder.Potential;
import dev.tiller.sampler.decoder.Resampling;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings of a {@link Method}; null where the method has no such setting, or needs none.
 *
 * @param candidates M candidates per step, or N chains of best-of-n
 * @param particles P particles for each design
 * @param temperature tau, in units of the reward
 * @param value what values noisy states
 * @param posterior how the posterior-mean value reads p(x0 | xt)
 * @param posteriorDraws K designs drawn to value a state
 * @param every values are taken at every k-th step
 * @param startStep first step that is weighted
 * @param screen the cheap value that picks candidates for the expensive one
 * @param screenTop how many candidates it picks
 * @param adaptiveFirst candidates that are valued first
 * @param adaptiveSpread spread of their values, in units of the reward, above which the others are
 *     valued, too
 * @param resampling how particles are resampled
 * @param essThreshold share of P below which the effective sample size leads to a resampling
 * @param potential the Feynman-Kac potential
 * @param keep which particle becomes the design
 * @param worstShare share of the particles that is replaced
 * @param strength strength of the guidance, in 1 / unit of the reward
 * @param guidance how classifier guidance looks at changes of letters
 * @param rounds rounds of refinement
 * @param letters letters that a round masks again
 * @param share share of the design that a round masks again
 * @param accept which designs a round keeps
 * @param lineages designs refined side by side for each design that is made
 * @param until reward at which refinement stops
 */
public record Steering(
        Integer candidates,
        Integer particles,
        Double temperature,
        ValueKind value,
        PosteriorKind posterior,
        Integer posteriorDraws,
        Integer every,
        Integer startStep,
        Screen screen,
        Integer screenTop,
        Integer adaptiveFirst,
        Double adaptiveSpread,
        Resampling resampling,
        Double essThreshold,
        Potential potential,
        Keep keep,
        Double worstShare,
        Double strength,
        GuidanceKind guidance,
        Integer rounds,
        Integer letters,
        Double share,
        Accept accept,
        Integer lineages,
        Double until) {
    /** What values noisy states. */
    public enum ValueKind {
        /** The reward of what the denoiser expects. */
        POSTERIOR_MEAN,
        /** A value network. */
        LEARNED
    }

    /** How p(x0 | xt) becomes something that the reward can score. */
    public enum PosteriorKind {
        /** The mean reward of designs drawn from it. */
        DRAWS,
        /** The most likely letters. */
        MODE,
        /** The probabilities themselves, for differentiable rewards. */
        SOFT
    }

    /** A cheap value. */
    public enum Screen {
        /** The value network. */
        LEARNED,
        /** The reward of the most likely letters. */
        MODE
    }

    /** How classifier guidance looks at changes of letters. */
    public enum GuidanceKind {
        /** The value of each change of one letter. */
        EXACT,
        /** The gradient of the value. */
        TAYLOR
    }

    /** Which designs a round of refinement keeps. */
    public enum Accept {
        /** The new one unless it is worse: on a plateau a design wanders on. */
        NOT_WORSE,
        /** The better one. */
        BETTER,
        /** The new one with probability min(1, exp((r' - r) / tau)). */
        METROPOLIS,
        /** The new one. */
        ALWAYS
    }

    /** No settings. */
    public static final Steering NONE = Settings.create(Steering.class, Map.of());

    public Steering {
        atLeast("candidates", candidates, 1);
        atLeast("particles", particles, 1);
        atLeast("every", every, 1);
        atLeast("startStep", startStep, 0);
        atLeast("screenTop", screenTop, 1);
        atLeast("adaptiveFirst", adaptiveFirst, 2); // the values of one do not spread
        atLeast("rounds", rounds, 1);
        atLeast("letters", letters, 1);
        atLeast("lineages", lineages, 1);
        check(
                "posteriorDraws",
                posteriorDraws == null || (posteriorDraws >= 1 && posteriorDraws <= 1024),
                "in [1, 1024]; the most likely design is --posterior mode",
                posteriorDraws);
        check(
                "temperature",
                temperature == null || (temperature >= 0 && Double.isFinite(temperature)),
                "at least 0 and finite",
                temperature);
        check(
                "adaptiveSpread",
                adaptiveSpread == null || (adaptiveSpread >= 0 && Double.isFinite(adaptiveSpread)),
                "at least 0 and finite",
                adaptiveSpread);
        check("until", until == null || !until.isNaN(), "a number", until);
        check("strength", strength == null || Double.isFinite(strength), "finite", strength);
        isShare("essThreshold", essThreshold);
        isShare("worstShare", worstShare);
        isShare("share", share);
        together("screen", screen, "screenTop", screenTop);
        together("adaptiveFirst", adaptiveFirst, "adaptiveSpread", adaptiveSpread);
        if (letters != null && share != null) {
            throw new IllegalArgumentException(
                    "--letters and --share exclude each other, got both; leave one out");
        }
    }

    private static void atLeast(String component, Integer value, int least) {
        check(component, value == null || value >= least, "at least " + least, value);
    }

    private static void isShare(String component, Double value) {
        check(component, value == null || (value >= 0 && value <= 1), "in [0, 1]", value);
    }

    private static void check(String component, boolean holds, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(
                    Settings.option(component) + " must be " + rule + ", got " + value);
        }
    }

    private static void together(String one, Object first, String other, Object second) {
        if ((first == null) != (second == null)) {
            throw new IllegalArgumentException(
                    Settings.option(one)
                            + " and "
                            + Settings.option(other)
                            + " belong together, got one; give both or none");
        }
    }

    /**
     * Completes settings for a method.
     *
     * @param method the method
     * @param given what this call says
     * @param before what the job before said, used where this call says nothing and the method has
     *     a use for it
     * @return the settings of the method, its defaults where nothing was said
     * @throws IllegalArgumentException if a setting was given that has no effect
     */
    public static Steering resolve(Method method, Steering given, Steering before) {
        Map<String, Object> said = Settings.of(given);
        Map<String, Object> resolved = new LinkedHashMap<>();
        Map<String, Object> earlier = Settings.of(before);
        method.settings()
                .forEach(
                        (name, preset) -> {
                            Object other = earlier.getOrDefault(name, preset);
                            resolved.put(name, said.getOrDefault(name, other));
                        });
        said.forEach(
                (name, value) ->
                        refuse(!resolved.containsKey(name), name, value, "--method " + method));
        if (method == Method.REFINE && resolved.get("letters") == null) {
            resolved.putIfAbsent("share", 0.1);
        }
        if (resolved.get("guidance") == GuidanceKind.TAYLOR) {
            // a gradient is that of the soft posterior
            drop(resolved, said, "posterior", "--guidance taylor");
            drop(resolved, said, "posteriorDraws", "--guidance taylor");
        }
        if (resolved.get("value") == ValueKind.LEARNED) {
            drop(resolved, said, "posterior", "--value learned");
            drop(resolved, said, "posteriorDraws", "--value learned");
        }
        Object posterior = resolved.get("posterior");
        if (posterior != null && posterior != PosteriorKind.DRAWS) {
            String by = "--posterior " + JobYaml.label((PosteriorKind) posterior);
            drop(resolved, said, "posteriorDraws", by);
        }
        Steering steering = Settings.create(Steering.class, resolved);
        steering.requireSense(method);
        return steering;
    }

    /** Checks settings against each other. */
    private void requireSense(Method method) {
        String some = "in [1, " + candidates + "], the candidates";
        check("screenTop", screenTop == null || screenTop <= candidates, some, screenTop);
        check(
                "adaptiveFirst",
                adaptiveFirst == null || adaptiveFirst <= candidates,
                some,
                adaptiveFirst);
        boolean weighs =
                switch (method) {
                    case IMPORTANCE_SAMPLING, SMC, NESTED_IS, FK, TDS -> true;
                    default -> accept == Accept.METROPOLIS;
                };
        String by = accept == null ? "--method " + method : "--accept metropolis";
        check("temperature", !weighs || temperature > 0, "above 0 with " + by, temperature);
    }

    private static void drop(
            Map<String, Object> resolved, Map<String, Object> said, String name, String by) {
        refuse(said.containsKey(name), name, said.get(name), by);
        resolved.remove(name);
    }

    private static void refuse(boolean useless, String name, Object value, String by) {
        if (useless) {
            Object shown = value instanceof Enum<?> constant ? JobYaml.label(constant) : value;
            throw new IllegalArgumentException(
                    Settings.option(name)
                            + " has no effect with "
                            + by
                            + ", got "
                            + shown
                            + "; leave it out");
        }
    }

    /**
     * Returns these settings with others over them.
     *
     * @param other settings, of which those that are not null win
     * @return both
     */
    public Steering overriddenBy(Steering other) {
        Map<String, Object> settings = new LinkedHashMap<>(Settings.of(this));
        settings.putAll(Settings.of(other));
        return Settings.create(Steering.class, settings);
    }

    /**
     * Returns one setting.
     *
     * @param component its name
     * @return its value, or null
     */
    public Object get(String component) {
        return Settings.of(this).get(component);
    }

    /**
     * Returns the same settings but for one.
     *
     * @param component its name
     * @param value its value
     * @return other settings
     */
    public Steering with(String component, Object value) {
        Map<String, Object> settings = new LinkedHashMap<>(Settings.of(this));
        settings.put(component, value);
        return Settings.create(Steering.class, settings);
    }
}
