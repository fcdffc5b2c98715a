package dev.tiller.zoo;

import java.util.Objects;

/**
 * The two denoisers of classifier-free guidance: one network that was trained with and without the
 * class, asked in both ways.
 *
 * @param conditional p(x0 | xt, class)
 * @param unconditional p(x0 | xt): the class after the last one, which stands for "none given"
 */
public record ClassDenoisers(NetworkDenoiser conditional, NetworkDenoiser unconditional)
        implements AutoCloseable {

    /** Checks that both share their network. */
    public ClassDenoisers {
        Objects.requireNonNull(conditional);
        if (conditional.network() != unconditional.network()) {
            throw new IllegalArgumentException(
                    "conditional and unconditional denoiser must share one network, got two");
        }
    }

    /** Frees the weights. */
    @Override
    public void close() {
        conditional.close();
    }
}
