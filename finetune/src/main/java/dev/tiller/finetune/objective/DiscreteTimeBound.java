package dev.tiller.finetune.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import dev.tiller.sampler.masked.D3pm;
import dev.tiller.sampler.schedule.NoiseSchedule;
import java.util.Objects;

/**
 * The evidence lower bound of a process of T steps (D3PM; Austin et al., "Structured denoising
 * diffusion models in discrete state-spaces", 2021, equation 1, for the absorbing state): T times
 * the divergence KL(q(x_s | x_t, x0) || p(x_s | x_t)) at a random step from t to s = t - 1 / T.
 *
 * <p>With m the masked share, c = (m(t) - m(s)) / m(t) and p the network's posterior, whose mass on
 * the mask itself is p_m, a masked token pays
 *
 * <pre>T (c (log(1 + (1 - m(t)) p_m / m(t)) - log p_x0)
 *    + (1 - c) (log(1 + (1 - m(t)) p_m / m(t)) - log(1 + (1 - m(s)) p_m / m(s))))</pre>
 *
 * <p>and a clean one nothing: its steps are certain. MDLM's training code (Sahoo et al. 2024) adds
 * to D3PM the reconstruction -log p(x0 | x0) of every token at t = 0, and so does this class.
 *
 * <p>A model of either parameterisation is sampled as one of SUBS: given that it is no mask, x0 has
 * the softmax of the clean logits.
 */
public final class DiscreteTimeBound implements TokenLoss {
    /** How logits become a posterior. */
    public enum Parameterization {
        /** The mask has no mass (MDLM). */
        SUBS,
        /** The mask may have mass (D3PM). */
        D3PM
    }

    private final NoiseSchedule schedule;
    private final int steps;
    private final Parameterization parameterization;

    /**
     * Creates the loss.
     *
     * @param schedule gives the masked share m
     * @param steps T, at least 1
     * @param parameterization how logits become a posterior
     */
    public DiscreteTimeBound(NoiseSchedule schedule, int steps, Parameterization parameterization) {
        if (steps < 1) {
            throw new IllegalArgumentException("steps must be at least 1, got " + steps);
        }
        this.schedule = Objects.requireNonNull(schedule);
        this.steps = steps;
        this.parameterization = Objects.requireNonNull(parameterization);
    }

    @Override
    public String name() {
        return "discrete_bound";
    }

    /** The next of the times 1 / T, 2 / T, ..., 1. */
    @Override
    public double time(double t) {
        return Math.min(steps, Math.floor(t * steps) + 1) / steps;
    }

    @Override
    public NDArray of(Denoiser network, Batch batch) {
        int rows = batch.times().length;
        double[] now = new double[rows];
        double[] next = new double[rows];
        for (int i = 0; i < rows; i++) {
            // whole steps, so that the last one ends at 0 exactly
            long step = Math.round(batch.times()[i] * steps);
            now[i] = schedule.moveChance((double) step / steps);
            next[i] = step == 1 ? 0 : schedule.moveChance((double) (step - 1) / steps);
        }
        NDArray logits = network.logits(batch.xt(), batch.times());
        int letters = (int) logits.getShape().get(2) - 1;
        if (parameterization == Parameterization.SUBS) {
            double[] weights = new double[rows];
            for (int i = 0; i < rows; i++) {
                weights[i] = steps * (now[i] - next[i]) / now[i];
            }
            return MaskedNelbo.weightedCrossEntropy(
                    logits, batch.x0(), batch.xt(), weights, letters);
        }
        NDArray masked = batch.xt().eq(letters).toType(DataType.FLOAT32, false);
        NDArray bound = divergence(D3pm.logPosterior(logits), batch.x0(), now, next);
        NDArray last = D3pm.logPosterior(network.logits(batch.x0(), new double[rows]));
        return bound.mul(masked).sub(own(last, batch.x0()));
    }

    /** T times the divergence of masked tokens, [B, L]; {@code now} and {@code next} are m. */
    private NDArray divergence(NDArray logPosterior, NDArray x0, double[] now, double[] next) {
        double[] reveal = new double[now.length];
        double[] stay = new double[now.length];
        double[] oddsNow = new double[now.length];
        double[] oddsNext = new double[now.length];
        for (int i = 0; i < now.length; i++) {
            reveal[i] = steps * (now[i] - next[i]) / now[i];
            stay[i] = steps * next[i] / now[i];
            oddsNow[i] = (1 - now[i]) / now[i];
            // at s = 0 nothing stays, and the term has no weight
            oddsNext[i] = next[i] > 0 ? (1 - next[i]) / next[i] : 0;
        }
        NDManager manager = logPosterior.getManager();
        long letters = logPosterior.getShape().get(2) - 1;
        NDArray mask = logPosterior.get(new NDIndex("..., {}", letters)).exp();
        NDArray atNow = logOnePlus(mask, oddsNow, manager);
        NDArray atNext = logOnePlus(mask, oddsNext, manager);
        NDArray revealed =
                atNow.sub(own(logPosterior, x0)).mul(DenoisingScoreEntropy.column(reveal, manager));
        NDArray stayed = atNow.sub(atNext).mul(DenoisingScoreEntropy.column(stay, manager));
        return revealed.add(stayed);
    }

    private static NDArray logOnePlus(NDArray mask, double[] odds, NDManager manager) {
        return mask.mul(DenoisingScoreEntropy.column(odds, manager)).add(1f).log();
    }

    private static NDArray own(NDArray logPosterior, NDArray x0) {
        return logPosterior.gather(x0.expandDims(-1), 2).squeeze(-1);
    }
}
