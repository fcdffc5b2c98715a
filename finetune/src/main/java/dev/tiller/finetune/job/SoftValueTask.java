package dev.tiller.finetune.job;

import dev.tiller.finetune.data.ExampleStream;
import dev.tiller.finetune.data.LabelledTokens;
import dev.tiller.finetune.data.ReplayBuffer;
import dev.tiller.finetune.objective.Linex;
import dev.tiller.finetune.objective.Regression;
import dev.tiller.finetune.objective.RegressionLoss;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** The value network of SVDD-MC: a regression on roll-outs, made before training or during it. */
final class SoftValueTask {
    /** Number of the first trajectory that is held out from a buffer, which never gets so far. */
    private static final long HELD_OUT = 1L << 40;

    private final TrainingJob job;
    private final Examples examples;
    private final Consumer<String> log;

    SoftValueTask(TrainingJob job, Examples examples, Consumer<String> log) {
        this.job = job;
        this.examples = examples;
        this.log = log;
    }

    /** Returns the replay buffer of a job, or null if it has none. */
    static ReplayBuffer.Options buffer(TrainingJob job) {
        TrainingJob.Buffer buffer = job.data().buffer();
        if (buffer == null) {
            return null;
        }
        if (job.data().rollOuts() != null) {
            throw new IllegalArgumentException(
                    "data.roll_outs is not used with data.buffer, which makes its own trajectories;"
                            + " leave one of them out");
        }
        JobChecks.require(buffer.trajectories() != null, "data.buffer.trajectories", job);
        JobChecks.require(buffer.refresh() != null, "data.buffer.refresh", job);
        JobChecks.require(buffer.every() != null, "data.buffer.every", job);
        try {
            return new ReplayBuffer.Options(
                    buffer.trajectories(), buffer.refresh(), buffer.every());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("data.buffer." + e.getMessage(), e);
        }
    }

    /** What a job may minimise. */
    private enum Loss {
        LEAST_SQUARES,
        LINEX
    }

    /** Returns what a job pays for errors. */
    static RegressionLoss loss(TrainingJob job) {
        String given = JobRunner.or(job.training().loss(), "least_squares");
        Double temperature = job.training().temperature();
        if (JobChecks.constant(Loss.class, "training.loss", given) == Loss.LEAST_SQUARES) {
            if (temperature != null) {
                throw new IllegalArgumentException(
                        "training.temperature is not used by training.loss least_squares; leave it"
                                + " out, or give training.loss linex");
            }
            return RegressionLoss.LEAST_SQUARES;
        }
        if (temperature == null) {
            throw new IllegalArgumentException(
                    "training.loss linex must have training.temperature, got none; give the tau of"
                            + " the decoder, in the unit of the reward");
        }
        JobChecks.requireThat(
                temperature > 0 && temperature < Double.POSITIVE_INFINITY,
                "training.temperature",
                "be above 0 and finite",
                temperature);
        return new Linex(temperature);
    }

    Task task() {
        Examples.Generator trajectories = examples.trajectories();
        try {
            ReplayBuffer.Options buffer = buffer(job);
            return buffer == null ? fixed(trajectories) : replayed(trajectories, buffer);
        } catch (RuntimeException e) {
            trajectories.close();
            throw e;
        }
    }

    private int held(int count) {
        return Math.max(1, (int) (count * JobRunner.or(job.data().validation(), 0.1)));
    }

    private LabelledTokens rollOut(Examples.Generator trajectories, long first, int count) {
        log.accept("rolling out " + count + " trajectories");
        return trajectories.rollOuts(first, count);
    }

    private Task fixed(Examples.Generator trajectories) {
        int count = job.data().rollOuts();
        int held = held(count);
        LabelledTokens training = rollOut(trajectories, 0, count);
        LabelledTokens validation = rollOut(trajectories, count, held);
        LabelledTokens test = rollOut(trajectories, (long) count + held, held);
        Regression objective = regression(ExampleStream.of(training), validation, training);
        Task task = task(trajectories, objective, test, sizes(training.size(), validation, test));
        trajectories.close(); // all are made
        return task;
    }

    private Task replayed(Examples.Generator trajectories, ReplayBuffer.Options options) {
        int held = held(options.trajectories());
        LabelledTokens validation = rollOut(trajectories, HELD_OUT, held);
        LabelledTokens test = rollOut(trajectories, HELD_OUT + held, held);
        ReplayBuffer buffer =
                new ReplayBuffer(options, trajectories.statesPerRollOut(), trajectories::rollOuts);
        log.accept("filling the buffer with " + options.trajectories() + " trajectories");
        // validation examples are the same at all steps, so a resumed run has the same units
        Regression objective = regression(buffer, validation, validation);
        Map<String, Object> sizes = sizes(buffer.size(), validation, test);
        sizes.put(
                "replay buffer",
                options.trajectories()
                        + " trajectories, "
                        + options.refresh()
                        + " new ones every "
                        + options.every()
                        + " steps");
        Task plain = task(trajectories, objective, test, sizes);
        Task.Report report =
                (network, steps, manager) -> {
                    Map<String, Double> numbers = plain.report().of(network, steps, manager);
                    double rows = (double) options.made(steps) * trajectories.callsPerRollOut();
                    numbers.put("denoiser_calls_per_step", rows / steps);
                    return numbers;
                };
        return new Task(objective, plain.length(), report, sizes, trajectories::close);
    }

    private Regression regression(
            ExampleStream training, LabelledTokens validation, LabelledTokens standard) {
        int letters = job.model().alphabet().length();
        return new Regression(training, validation, standard, letters, loss(job));
    }

    private static Map<String, Object> sizes(
            int training, LabelledTokens validation, LabelledTokens test) {
        Map<String, Object> sizes = new LinkedHashMap<>();
        sizes.put("training states", training);
        sizes.put("validation states", validation.size());
        sizes.put("test states", test.size());
        return sizes;
    }

    private Task task(
            Examples.Generator trajectories,
            Regression objective,
            LabelledTokens test,
            Map<String, Object> sizes) {
        Task.Report report =
                (network, steps, manager) -> {
                    log.accept(
                            String.format(
                                    Locale.ROOT,
                                    "roll-outs of this process: %d rows for the denoiser, of which"
                                            + " %d were new to it; %.2f and %.2f for each step",
                                    trajectories.requestedRows(),
                                    trajectories.evaluatedRows(),
                                    trajectories.requestedRows() / (double) steps,
                                    trajectories.evaluatedRows() / (double) steps));
                    Map<String, Double> numbers = new LinkedHashMap<>();
                    numbers.put(
                            "test_pearson_with_final_reward",
                            Task.pearson(objective, network, test, manager));
                    return numbers;
                };
        return new Task(objective, test.tokens()[0].length, report, sizes);
    }
}
