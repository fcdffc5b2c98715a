package dev.tiller.sampler.masked;

/** How the last masks are replaced after the last step. */
public enum NoiseRemoval {
    /** By the most likely letter (SVDD, DRAKES). */
    MODE,
    /** By a draw from the posterior (the analytic sampler of SEDD and MDLM). */
    DRAW
}
