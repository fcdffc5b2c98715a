package dev.tiller.sampler.decoder;

/** Which particle of a group becomes its design. */
public enum Keep {
    /** One drawn by the final weights: the designs follow the target. */
    DRAW,
    /** The one of the highest reward, the first on ties: the designs are better and less varied. */
    BEST
}
