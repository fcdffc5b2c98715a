package dev.tiller.sampler.gaussian;

import java.util.Arrays;
import java.util.List;

/** How a reverse step goes from one time of the grid to the next, given the score g at x_t. */
public enum Predictor {
    /**
     * Reverse diffusion (Song et al. 2021, algorithm 2): with the forward step x_i = F x_(i-1) + G
     * z of {@link Sde#discrete}, x' = (2 - F) x + G^2 g + G z.
     */
    REVERSE("reverse") {
        @Override
        Coefficients coefficients(Moment moment, Sde sde, double ratio, SamplerOptions options) {
            Kernel forward = sde.discrete(moment.t(), moment.steps());
            double std = forward.std();
            return new Coefficients(2 - forward.factor(), std * std, new double[] {std});
        }
    },
    /** Euler-Maruyama on the reverse-time equation, with time steps of 1 / N. */
    EULER("euler") {
        @Override
        Coefficients coefficients(Moment moment, Sde sde, double ratio, SamplerOptions options) {
            double dt = 1.0 / moment.steps();
            double diffusion = sde.diffusion(moment.t());
            return new Coefficients(
                    1 - sde.drift(moment.t()) * dt,
                    diffusion * diffusion * dt,
                    new double[] {diffusion * StrictMath.sqrt(dt)});
        }
    },
    /**
     * Ancestral sampling (Ho et al. 2020): p(x_s | x_t, x_0) at x_0 = E[x_0 | x_t], with the
     * variance of that law. With x_t = F x_s + G z it is x' = (x + G^2 g) / F + G s(s) / s(t) z.
     */
    ANCESTRAL("ancestral") {
        @Override
        Coefficients coefficients(Moment moment, Sde sde, double ratio, SamplerOptions options) {
            return implicit(moment, sde, 1);
        }

        @Override
        boolean endsAtPosteriorMean() {
            return true;
        }
    },
    /**
     * Denoising diffusion implicit models (Song et al. 2021, arXiv 2010.02502) for any alpha and s:
     * x' = alpha(s) E[x_0 | x_t] + sqrt(s(s)^2 - sigma^2) E[z | x_t] + sigma z. The noise sigma is
     * eta times that of {@link #ANCESTRAL}; at eta = 0 the sampler is deterministic, a first-order
     * solver of the probability-flow equation.
     */
    DDIM("ddim") {
        @Override
        Coefficients coefficients(Moment moment, Sde sde, double ratio, SamplerOptions options) {
            return implicit(moment, sde, options.eta());
        }

        @Override
        boolean endsAtPosteriorMean() {
            return true;
        }
    },
    /**
     * The symmetric splitting solver S4 of GDSS (Jo et al. 2022, arXiv 2202.02514, section 3.3):
     * one Langevin correction, half a transition back, the score's drift over the whole step, and
     * the other half, all with one network call. At the end the noise of the last half is left out.
     */
    S4("s4") {
        @Override
        Coefficients coefficients(Moment moment, Sde sde, double ratio, SamplerOptions options) {
            double dt = 1.0 / moment.steps();
            double middle = moment.t() - dt / 2;
            Kernel first = sde.transition(middle, moment.t());
            Kernel second = sde.transition(moment.t() - dt, middle);
            double diffusion = sde.diffusion(moment.t());
            double size = options.corrector().stepSize(moment, sde, ratio);
            double both = 1 / (first.factor() * second.factor());
            return new Coefficients(
                    both,
                    both * size + diffusion * diffusion * dt / second.factor(),
                    new double[] {
                        both * options.corrector().scale() * StrictMath.sqrt(2 * size),
                        first.std() / second.factor(),
                        second.std()
                    });
        }

        @Override
        boolean includesCorrector() {
            return true;
        }

        @Override
        int parts() {
            return 3;
        }
    };

    private final String label;

    Predictor(String label) {
        this.label = label;
    }

    /**
     * Finds a predictor by its name.
     *
     * @param name reverse, euler, ancestral, ddim or s4
     * @return the predictor
     */
    public static Predictor of(String name) {
        List<String> known = Arrays.stream(values()).map(p -> p.label).toList();
        int index = known.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException(
                    "unknown predictor '" + name + "'; known predictors: " + known);
        }
        return values()[index];
    }

    /**
     * Returns the name used in configuration files.
     *
     * @return a name in kebab case
     */
    public String label() {
        return label;
    }

    /**
     * Returns the transition of one component.
     *
     * @param ratio |z|^2 / |g|^2 of the corrector, where the step includes one
     */
    abstract Coefficients coefficients(
            Moment moment, Sde sde, double ratio, SamplerOptions options);

    /** Whether the last step is E[x_0 | x_t] instead of this predictor's own mean. */
    boolean endsAtPosteriorMean() {
        return false;
    }

    boolean includesCorrector() {
        return false;
    }

    /** Returns the number of parts of the noise. */
    int parts() {
        return 1;
    }

    private static Coefficients implicit(Moment moment, Sde sde, double eta) {
        Kernel forward = sde.transition(moment.next(), moment.t());
        double before = sde.std(moment.t());
        double after = sde.std(moment.next());
        double sigma = eta * after * forward.std() / before;
        double kept = StrictMath.sqrt(StrictMath.max(after * after - sigma * sigma, 0));
        return new Coefficients(
                1 / forward.factor(),
                before * (before / forward.factor() - kept),
                new double[] {sigma});
    }
}
