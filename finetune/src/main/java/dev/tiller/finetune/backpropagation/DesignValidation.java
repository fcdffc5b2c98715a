package dev.tiller.finetune.backpropagation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.finetune.objective.Objective;
import dev.tiller.finetune.objective.Statistics;
import dev.tiller.guidance.CleanReward;
import dev.tiller.guidance.DesignReader;
import dev.tiller.guidance.LayoutReader;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.sequence.Diversity;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.State;
import dev.tiller.sampler.masked.Layouts;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.masked.NoiseRemoval;
import dev.tiller.sampler.numerics.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Looks at what a network samples: unguided designs of ordinary, hard trajectories, the same noise
 * at each validation.
 */
final class DesignValidation {
    private static final int ROWS = 64;
    private static final int RELAXED_ROWS = 16;

    private final SequenceModel model;
    private final Denoiser pretrained;
    private final Objective.Forward onSoft;
    private final Reward reward;
    private final BackpropagationOptions steps;
    private final ValidationOptions options;
    private final Randomness noise;

    /** Sums over the designs of a validation. */
    private static final class Sample {
        private final Map<Integer, List<String>> designs = new TreeMap<>();
        private final List<Double> rewards = new ArrayList<>();
        private final List<Double> referee = new ArrayList<>();
        private double klStep;
        private double klPath;
    }

    DesignValidation(
            SequenceModel model,
            FrozenModel pretrained,
            Reward reward,
            BackpropagationOptions steps,
            ValidationOptions options,
            Randomness noise) {
        Conditioning heldOut = options.conditioning();
        this.model = heldOut == null ? model : model.with(heldOut);
        this.pretrained =
                heldOut == null
                        ? pretrained.onTokens()
                        : new TrainedDenoiser(this.model, pretrained.onSoft(), -1);
        this.onSoft = pretrained.onSoft();
        this.reward = reward;
        this.steps = steps;
        this.options = options;
        this.noise = noise;
        if (options.referee() != null) {
            StraightThrough.requireReads(options.referee(), model.designLetters());
        }
    }

    Objective.Validation run(Objective.Forward network, NDManager scope) {
        Sample sample = new Sample();
        TrainedDenoiser current = new TrainedDenoiser(model, network, -1);
        MaskedDiffusion.Options grid =
                new MaskedDiffusion.Options(steps.steps(), steps.endTime(), NoiseRemoval.MODE);
        MaskedDiffusion process =
                new MaskedDiffusion(current, model.schedule(), layouts(), scope, grid);
        MaskedDiffusion before =
                new MaskedDiffusion(pretrained, model.schedule(), layouts(), scope, grid);
        try (Ledger ledger = new Ledger(new Ledger.Options(1, ROWS, true))) {
            for (int start = 0; start < options.designs(); start += ROWS) {
                int first = start;
                long[] ids = new long[Math.min(ROWS, options.designs() - start)];
                Arrays.setAll(ids, i -> first + i);
                try (NDManager part = scope.newSubManager()) {
                    sample(process, before, ids, ledger, part, sample);
                }
                ledger.forget();
            }
        }
        return report(sample, reference(current, scope));
    }

    /** Samples some designs and adds up their divergence. */
    private void sample(
            MaskedDiffusion process,
            MaskedDiffusion before,
            long[] ids,
            Ledger ledger,
            NDManager scope,
            Sample sample) {
        State x = process.prior(ids, new int[ids.length], noise, scope);
        for (int step = 0; step < process.steps(); step++) {
            Prediction now = process.predict(x, step, ledger, noise);
            Prediction then = before.predict(x, step, ledger, noise);
            double nats = divergence(x.array(0).toLongArray(), now, then);
            double t = process.time(step);
            double s = process.time(step + 1);
            sample.klStep += nats * Divergence.STEP.scale(model.schedule(), t, s);
            sample.klPath += nats * Divergence.PATH.scale(model.schedule(), t, s);
            State next = process.propose(x, now, step).draw(1, noise, scope);
            x.close();
            x = next;
        }
        State designs = process.finish(x, ledger, noise, scope);
        DesignReader reader =
                new LayoutReader(model.alphabet(), layouts(), model.conditioning()::condition);
        List<String> texts = reader.read(designs).sequences();
        int[] conditions = layouts().conditions(designs);
        for (int row = 0; row < conditions.length; row++) {
            sample.designs
                    .computeIfAbsent(conditions[row], c -> new ArrayList<>())
                    .add(texts.get(row));
        }
        score(reward, designs, reader, ledger, sample.rewards);
        if (options.referee() != null) {
            score(options.referee(), designs, reader, ledger, sample.referee);
        }
    }

    private Layouts layouts() {
        return model.conditioning().layouts();
    }

    private void score(
            Reward by, State designs, DesignReader reader, Ledger ledger, List<Double> scores) {
        double[] all = new CleanReward(by, reader).estimate(designs, steps.steps(), ledger, noise);
        Arrays.stream(all).forEach(scores::add);
    }

    /** The sum over rows and masked positions of sum over k of p log(p / q), in nats. */
    private double divergence(long[] tokens, Prediction now, Prediction then) {
        int letters = model.letters();
        double sum = 0;
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] != letters) {
                continue;
            }
            float[] logNew = now.row(i / model.length());
            float[] logOld = then.row(i / model.length());
            int first = i % model.length() * letters;
            for (int k = first; k < first + letters; k++) {
                double p = StrictMath.exp(logNew[k]);
                sum += p == 0 ? 0 : p * (logNew[k] - logOld[k]);
            }
        }
        return sum;
    }

    /** The published divergence of a few relaxed trajectories, in its own unit. */
    private double reference(TrainedDenoiser current, NDManager scope) {
        long[] ids = new long[Math.min(RELAXED_ROWS, options.designs())];
        Arrays.setAll(ids, i -> i);
        Pass pass =
                new Pass(
                        model,
                        current,
                        0,
                        -1,
                        ids,
                        steps.temperature().last(),
                        RelaxationNoise.of(noise));
        Trajectory trajectory = new ForwardWalk(steps, pass).run(scope);
        RelaxedStep step = new RelaxedStep(steps, pass, new TrainedDenoiser(model, onSoft, -1));
        double sum = 0;
        // the first state is hard
        for (int index = steps.firstRelaxed() + 1; index < steps.steps(); index++) {
            try (NDManager part = scope.newSubManager()) {
                NDArray x = Tensors.create(part, trajectory.softAt(index), pass.relaxed());
                NDArray rows = step.run(index, x, Divergence.REFERENCE, null).divergence();
                for (float row : rows.toFloatArray()) {
                    sum += row;
                }
            }
        }
        return sum / ids.length;
    }

    private Objective.Validation report(Sample sample, double reference) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        double watched = Statistics.median(array(sample.rewards));
        metrics.put("reward_median", watched);
        if (options.referee() != null) {
            watched = Statistics.median(array(sample.referee));
            metrics.put("referee_median", watched);
        }
        double kl = sample.klStep / options.designs();
        double diversity = mean(sample, Diversity::meanPairwiseDistance);
        metrics.put("kl_step", kl);
        metrics.put("kl_path", sample.klPath / options.designs());
        metrics.put("kl_reference", reference);
        metrics.put("diversity", diversity);
        metrics.put("unique", mean(sample, Diversity::uniqueShare));
        return new Objective.Validation(-watched, metrics, stop(kl, diversity));
    }

    /** The mean over conditions that have two designs or more, as only these can be compared. */
    private static double mean(Sample sample, ToDoubleFunction<List<String>> measure) {
        return sample.designs.values().stream()
                .filter(designs -> designs.size() > 1)
                .mapToDouble(measure)
                .average()
                .orElse(1);
    }

    private String stop(double kl, double diversity) {
        if (options.maxKl().isPresent() && kl > options.maxKl().getAsDouble()) {
            return "the divergence from the pretrained model, "
                    + kl
                    + " nats per design, is above max_kl "
                    + options.maxKl().getAsDouble();
        }
        if (options.minDiversity().isPresent()
                && diversity < options.minDiversity().getAsDouble()) {
            return "the diversity of the designs, "
                    + diversity
                    + ", is below min_diversity "
                    + options.minDiversity().getAsDouble();
        }
        return null;
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
