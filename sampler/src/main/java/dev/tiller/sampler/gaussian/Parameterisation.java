package dev.tiller.sampler.gaussian;

/**
 * What a network says of a noisy array x_t = alpha(t) x_0 + s(t) z. With an exact network all four
 * say the same, by Tweedie's formula E[x_0 | x_t] = (x_t + s^2 score) / alpha.
 */
public enum Parameterisation {
    /** The score, the gradient of log p(x_t). */
    SCORE {
        @Override
        double score(double output, double x, double alpha, double std) {
            return output;
        }

        @Override
        double clean(double output, double x, double alpha, double std) {
            return (x + std * std * output) / alpha;
        }

        @Override
        double cleanByOutput(double alpha, double std) {
            return std * std / alpha;
        }

        @Override
        double cleanByState(double alpha, double std) {
            return 1 / alpha;
        }
    },
    /** The noise z; the score is -z / s(t). */
    NOISE {
        @Override
        double score(double output, double x, double alpha, double std) {
            return -output / std;
        }

        @Override
        double clean(double output, double x, double alpha, double std) {
            return (x - std * output) / alpha;
        }

        @Override
        double cleanByOutput(double alpha, double std) {
            return -std / alpha;
        }

        @Override
        double cleanByState(double alpha, double std) {
            return 1 / alpha;
        }
    },
    /** The clean array x_0. */
    CLEAN {
        @Override
        double score(double output, double x, double alpha, double std) {
            return (alpha * output - x) / (std * std);
        }

        @Override
        double clean(double output, double x, double alpha, double std) {
            return output;
        }

        @Override
        double cleanByOutput(double alpha, double std) {
            return 1;
        }

        @Override
        double cleanByState(double alpha, double std) {
            return 0;
        }
    },
    /** The velocity alpha(t) z - s(t) x_0 (Salimans and Ho 2022). */
    VELOCITY {
        @Override
        double score(double output, double x, double alpha, double std) {
            return -(std * x + alpha * output) / (std * (alpha * alpha + std * std));
        }

        @Override
        double clean(double output, double x, double alpha, double std) {
            return (alpha * x - std * output) / (alpha * alpha + std * std);
        }

        @Override
        double cleanByOutput(double alpha, double std) {
            return -std / (alpha * alpha + std * std);
        }

        @Override
        double cleanByState(double alpha, double std) {
            return alpha / (alpha * alpha + std * std);
        }
    };

    /** Returns the score at one coordinate. */
    abstract double score(double output, double x, double alpha, double std);

    /** Returns E[x_0 | x_t] at one coordinate. */
    abstract double clean(double output, double x, double alpha, double std);

    /** Returns the derivative of {@link #clean} by the network's output. */
    abstract double cleanByOutput(double alpha, double std);

    /** Returns the derivative of {@link #clean} by x_t, the output held fast. */
    abstract double cleanByState(double alpha, double std);
}
