package dev.tiller.finetune.backpropagation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import dev.tiller.sampler.schedule.NoiseSchedule;
import java.util.Locale;

/**
 * How far the fine-tuned model is from the pretrained one, summed over the steps of a trajectory. p
 * and q are the fine-tuned and the pretrained p(x0 | x) of a state, m the move chance, and a step
 * goes from t to s.
 *
 * <p>A position counts if its largest entry is the mask; a soft state counts it by its mask mass (1
 * on hard states).
 */
public enum Divergence {
    /** None: the reward alone. */
    NONE,

    /**
     * The divergence of the laws of the trajectories, by the chain rule: (m(t) - m(s)) / m(t) times
     * sum of p log(p / q), which on a hard state is that of the two reverse steps, exactly. In nats
     * per design; with weight alpha the best fine-tuned law is the pretrained one tilted by exp(r /
     * alpha).
     */
    STEP,

    /**
     * The divergence of the two continuous-time Markov chains (DRAKES, Wang et al. 2024, equation
     * 7) by a Riemann sum: (t - s) sigma'(t) / (exp(sigma(t)) - 1) times sum of p log(p / q). In
     * nats per design; it tends to {@link #STEP} for many steps.
     */
    PATH,

    /**
     * What the published code of DRAKES computes: 1 / m(t) times sum of c x_k (q - p + p log(p /
     * q)), c being the copy flag and x the soft state. It counts what is <em>no longer</em> masked,
     * where p and q are equal unless mass has leaked from a position that is still mostly masked.
     * So it is 0 on all hard states and on the first soft one; and it lacks the length of the step.
     * For comparison with the publication.
     */
    REFERENCE,

    /**
     * What the published code of DRAKES computes for proteins: {@link #REFERENCE} with p and q as
     * the networks give them at all free positions, what they hold already not carried over, and
     * with a further term of the last state. So it counts how likely the letters that are there
     * still are, 1 / (t + 0.01) times, which is 100 times in the last state. For comparison with
     * the publication.
     */
    REFERENCE_UNCLAMPED;

    /** What the published code adds to the time, the noise that it leaves at the beginning. */
    private static final double LEAST_TIME = 0.01;

    /**
     * Returns the name used in job files.
     *
     * @return the name in lower case
     */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns what the terms of a step are multiplied by.
     *
     * @param schedule the schedule of the pretrained model
     * @param t where the step starts, in (0, 1]
     * @param s where it ends, in [0, t)
     * @return a finite number, not negative
     */
    public double scale(NoiseSchedule schedule, double t, double s) {
        double masked = schedule.moveChance(t);
        return switch (this) {
            case NONE -> 0;
            case STEP -> (masked - schedule.moveChance(s)) / masked;
            case PATH -> (t - s) * revealRate(schedule, t);
            case REFERENCE -> 1 / masked;
            case REFERENCE_UNCLAMPED -> 1 / (t + LEAST_TIME);
        };
    }

    /** The rate at which a masked token is revealed: sigma' / (exp(sigma) - 1). */
    private static double revealRate(NoiseSchedule schedule, double t) {
        double rate = schedule.rate(t) / StrictMath.expm1(schedule.sigma(t));
        // where all is masked sigma is infinite: the limit from the left
        return Double.isFinite(rate) ? rate : revealRate(schedule, t - 1e-6);
    }

    /** Whether the terms of hard states can differ from 0. */
    boolean countsHardStates() {
        return this != NONE && this != REFERENCE;
    }

    /** Whether the last state has a term, after those of the steps. */
    boolean countsLastState() {
        return this == REFERENCE_UNCLAMPED;
    }

    /**
     * Computes the term of each row, without {@link #scale}.
     *
     * @param state where the model was asked
     * @param logNew log p, float32 [B, L, K], finite
     * @param logOld log q, float32 [B, L, K], finite
     * @param free 1 where a letter is to be designed, else 0, float32 [B, L, 1]
     * @return float32 [B], of the manager of {@code logNew}; the gradient flows through all arrays
     */
    NDArray perRow(RelaxedState state, NDArray logNew, NDArray logOld, NDArray free) {
        NDArray p = logNew.exp();
        NDArray gain = p.mul(logNew.sub(logOld));
        NDArray position;
        if (this == REFERENCE || this == REFERENCE_UNCLAMPED) {
            NDArray linear = logOld.exp().sub(p);
            NDArray letters = state.x().get(new NDIndex("..., :{}", logNew.getShape().get(2)));
            NDArray mass = letters.mul(state.copyFlag());
            position = gain.add(linear).mul(mass).sum(new int[] {2}, true);
        } else {
            position = gain.sum(new int[] {2}, true).mul(state.maskMass());
        }
        NDArray counted = this == REFERENCE_UNCLAMPED ? free : state.masked();
        return position.mul(counted).sum(new int[] {1, 2});
    }
}
