package dev.tiller.cli.run;

import dev.tiller.sampler.gaussian.Langevin;
import dev.tiller.sampler.gaussian.Langevin.StepSize;
import dev.tiller.sampler.gaussian.Predictor;
import dev.tiller.sampler.gaussian.SamplerOptions;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a Gaussian diffusion is sampled; null where a setting is not used.
 *
 * @param predictor how to go from one time to the next
 * @param eta share of noise of the predictor ddim
 * @param correctorSteps Langevin corrections at each time
 * @param snr their ratio of signal to noise
 * @param scaleEps the factor of their noise
 */
public record GaussianSampling(
        Predictor predictor, Double eta, Integer correctorSteps, Double snr, Double scaleEps) {
    /** No settings. */
    public static final GaussianSampling NONE = Settings.create(GaussianSampling.class, Map.of());

    /** Checks what is there, in the words of the command line. */
    public GaussianSampling {
        require("eta", eta == null || (eta >= 0 && eta <= 1), "in [0, 1]", eta);
        require(
                "corrector-steps",
                correctorSteps == null || correctorSteps >= 0,
                "at least 0",
                correctorSteps);
        require("snr", snr == null || (snr > 0 && Double.isFinite(snr)), "above 0 and finite", snr);
        require(
                "scale-eps",
                scaleEps == null || (scaleEps >= 0 && Double.isFinite(scaleEps)),
                "at least 0 and finite",
                scaleEps);
    }

    private static void require(String option, boolean holds, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "--" + option + " must be " + rule + ", got " + value);
        }
    }

    /**
     * Completes settings.
     *
     * @param given what this call says
     * @param before what the job before said, used where this call says nothing
     * @param preset what the model was made for
     * @return settings in which all that is used is set
     * @throws IllegalArgumentException if a setting was given that has no effect
     */
    public static GaussianSampling resolve(
            GaussianSampling given, GaussianSampling before, GaussianSampling preset) {
        Map<String, Object> settings = new LinkedHashMap<>(Settings.of(preset));
        settings.putAll(Settings.of(before));
        settings.putAll(Settings.of(given));
        Predictor predictor = (Predictor) settings.get("predictor");
        if (predictor == Predictor.S4) {
            refuse(given.correctorSteps, "--corrector-steps", "--predictor s4");
            settings.put("correctorSteps", 0);
        }
        if (predictor == Predictor.DDIM) {
            settings.putIfAbsent("eta", 0.0);
        } else {
            refuse(given.eta, "--eta", "--predictor " + predictor.label());
            settings.remove("eta");
        }
        boolean corrected = !settings.get("correctorSteps").equals(0);
        if (!corrected && predictor != Predictor.S4) {
            refuse(given.snr, "--snr", "--corrector-steps 0");
            refuse(given.scaleEps, "--scale-eps", "--corrector-steps 0");
            settings.remove("snr");
            settings.remove("scaleEps");
        }
        return Settings.create(GaussianSampling.class, settings);
    }

    private static void refuse(Object value, String option, String by) {
        if (value != null) {
            throw new IllegalArgumentException(
                    option + " has no effect with " + by + ", got " + value + "; leave it out");
        }
    }

    /** Returns the options of the process. */
    SamplerOptions options(int steps, double eps) {
        Langevin corrector =
                snr == null
                        ? Langevin.NONE
                        : new Langevin(correctorSteps, snr, scaleEps, StepSize.ROW);
        return new SamplerOptions(steps, eps, predictor, eta == null ? 0 : eta, corrector);
    }
}
