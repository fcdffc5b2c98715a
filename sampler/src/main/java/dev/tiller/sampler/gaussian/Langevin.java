package dev.tiller.sampler.gaussian;

/**
 * The Langevin corrector: x' = x + a g + scale sqrt(2 a) z with the step size a = 2 c (snr |z| /
 * |g|)^2, g being the score and c {@link Sde#langevinScale} (Song et al. 2021, algorithms 4 and 5).
 * It leaves the marginal at its time as it is, in the limit of small steps and at scale 1.
 *
 * @param steps how many corrections are made at each time, at least 0; 0 for no corrector
 * @param snr the ratio of signal to noise, above 0
 * @param scale the factor of the noise, at least 0
 * @param stepSize what |z| and |g| stand for
 */
public record Langevin(int steps, double snr, double scale, StepSize stepSize) {
    /** No corrector. */
    public static final Langevin NONE = new Langevin(0, 0.1, 1, StepSize.ROW);

    /** What the norms of noise and score in the step size are. */
    public enum StepSize {
        /**
         * |g| is the norm of the particle's own score and |z|^2 its expected value, the number of
         * entries. A particle's step depends on the particle alone, and it is a Gaussian whose
         * density is known. The step size is at most s(t)^2, for beyond twice that Langevin steps
         * diverge; it matters for particles of few entries, whose score may be near 0.
         */
        ROW,
        /**
         * Both are means over all particles of the batch, |z| of the noise that was drawn, as in
         * the published code. Designs then depend on what else is in their batch, and the step has
         * no density; it is there to compare with published numbers.
         */
        BATCH
    }

    public Langevin {
        if (steps < 0) {
            throw new IllegalArgumentException("corrector steps must be at least 0, got " + steps);
        }
        Sdes.require("snr", snr > 0 && snr < Double.POSITIVE_INFINITY, "above 0 and finite", snr);
        Sdes.require(
                "scale of the corrector's noise",
                scale >= 0 && scale < Double.POSITIVE_INFINITY,
                "at least 0 and finite",
                scale);
    }

    /**
     * Returns one correction.
     *
     * @param ratio |z|^2 / |g|^2
     */
    Coefficients coefficients(Moment moment, Sde sde, double ratio) {
        double size = stepSize(moment, sde, ratio);
        return new Coefficients(1, size, new double[] {scale * StrictMath.sqrt(2 * size)});
    }

    /** Returns the step size a. */
    double stepSize(Moment moment, Sde sde, double ratio) {
        double size = 2 * sde.langevinScale(moment.t(), moment.steps()) * snr * snr * ratio;
        double std = sde.std(moment.t());
        return stepSize == StepSize.ROW ? StrictMath.min(size, std * std) : size;
    }
}
