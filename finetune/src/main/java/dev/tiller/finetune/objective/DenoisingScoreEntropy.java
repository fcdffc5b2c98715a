package dev.tiller.finetune.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.masked.ScoreEntropy;
import dev.tiller.sampler.numerics.Tensors;
import dev.tiller.sampler.schedule.NoiseSchedule;
import java.util.Objects;

/**
 * The denoising score entropy of SEDD (Lou et al., "Discrete diffusion modeling by estimating the
 * ratios of the data distribution", 2024, arXiv 2310.16834, definition 3.1 and theorem 3.6) for the
 * absorbing state. With s the scores at a masked position and r = 1 / (exp(sigma(t)) - 1), the
 * ratio of a letter's probability to the mask's given that letter, a masked token pays
 *
 * <pre>sigma'(t) (sum over letters y of s_y - r log s_x0 + r (log r - 1)),</pre>
 *
 * <p>and a clean one nothing. It is least, for all designs together, where s_y = r p(x0 = y | xt):
 * there it is the loss of {@link MaskedNelbo}, and it is larger wherever the scores sum up to
 * something else than r.
 */
public final class DenoisingScoreEntropy implements TokenLoss {
    private final NoiseSchedule schedule;

    /**
     * Creates the loss.
     *
     * @param schedule the noise
     */
    public DenoisingScoreEntropy(NoiseSchedule schedule) {
        this.schedule = Objects.requireNonNull(schedule);
    }

    @Override
    public String name() {
        return "score_entropy";
    }

    @Override
    public NDArray of(Denoiser network, Batch batch) {
        NDArray xt = batch.xt();
        NDArray logits = network.logits(xt, batch.times());
        int rows = batch.times().length;
        double[] sigma = new double[rows];
        double[] rate = new double[rows];
        double[] ratio = new double[rows];
        double[] constant = new double[rows];
        for (int i = 0; i < rows; i++) {
            sigma[i] = schedule.sigma(batch.times()[i]);
            rate[i] = schedule.rate(batch.times()[i]);
            ratio[i] = 1 / StrictMath.expm1(sigma[i]);
            constant[i] = ratio[i] * (StrictMath.log(ratio[i]) - 1);
        }
        long letters = logits.getShape().get(2) - 1;
        NDManager manager = logits.getManager();
        NDArray masked = xt.eq(letters).toType(DataType.FLOAT32, false);
        // clean positions are made 0 before the exponential, which might not be finite there
        NDArray logScore =
                ScoreEntropy.logScore(logits, xt, sigma)
                        .get(new NDIndex("..., :{}", letters))
                        .mul(masked.expandDims(-1));
        NDArray sum = logScore.exp().sum(new int[] {2});
        NDArray own = logScore.gather(batch.x0().expandDims(-1), 2).squeeze(-1);
        return sum.sub(own.mul(column(ratio, manager)))
                .add(column(constant, manager))
                .mul(masked.mul(column(rate, manager)));
    }

    /** One number per row, [B, 1]. */
    static NDArray column(double[] values, NDManager manager) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return Tensors.create(manager, floats, new Shape(floats.length, 1));
    }
}
