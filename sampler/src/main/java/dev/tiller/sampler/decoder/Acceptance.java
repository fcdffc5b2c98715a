package dev.tiller.sampler.decoder;

/** Whether a new design takes the place of the one it was made from. */
@FunctionalInterface
public interface Acceptance {
    /**
     * Decides.
     *
     * @param current reward of the design that there is
     * @param proposed reward of the new one
     * @param uniform a uniform number in (0, 1)
     * @return true to take the new one
     */
    boolean accepts(double current, double proposed, double uniform);

    /**
     * Takes a new design if its reward is higher.
     *
     * @return the rule; rewards never fall
     */
    static Acceptance better() {
        return (current, proposed, uniform) -> proposed > current;
    }

    /**
     * Takes a new design unless its reward is lower. Rewards of few levels have plateaus; this rule
     * walks on them.
     *
     * @return the rule; rewards never fall
     */
    static Acceptance notWorse() {
        return (current, proposed, uniform) -> proposed >= current;
    }

    /**
     * Takes each new design, as RERD does.
     *
     * @return the rule
     */
    static Acceptance always() {
        return (current, proposed, uniform) -> true;
    }

    /**
     * Takes a new design with probability min(1, exp((r' - r) / tau)) (Metropolis et al. 1953).
     *
     * <p>Noising and unguided decoding (one candidate) leave p(x0) as it is if the model's p(x0 |
     * xt) is the posterior of its own designs, or if all noise is renewed. With this rule the
     * designs then tend to p(x0) exp(r(x0) / tau), normalised, as rounds go on.
     *
     * @param temperature tau, above 0, in the unit of the reward
     * @return the rule
     */
    static Acceptance metropolis(double temperature) {
        if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "temperature must be above 0 and finite, got " + temperature);
        }
        return (current, proposed, uniform) ->
                StrictMath.log(uniform) < (proposed - current) / temperature;
    }
}
