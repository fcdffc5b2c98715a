package dev.tiller.cli.train;

import dev.tiller.cli.run.PeakMemory;
import dev.tiller.finetune.TrainingListener;
import dev.tiller.finetune.log.RewardHacking;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What the progress line says of a training run: loss, validation, and where the objective has them
 * reward, referee and divergence; the gradient norm, steps per second, resident memory, time left.
 */
public final class ProgressNote {
    private static final double SECOND = 1e9;

    private final LongSupplier nanos;
    private long firstStep = -1;
    private long began;
    private long looked;
    private OptionalLong memory = OptionalLong.empty();

    /** Creates notes of a run that begins. */
    public ProgressNote() {
        this(System::nanoTime);
    }

    ProgressNote(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * Describes where a run is.
     *
     * @param at where it is
     * @param maxSteps the largest number of steps
     * @return one line
     */
    public String of(TrainingListener.Progress at, long maxSteps) {
        long now = nanos.getAsLong();
        StringBuilder text = new StringBuilder();
        add(text, "loss", at.loss());
        add(text, "validation", at.validation());
        add(text, "best", at.best());
        add(text, "reward", either(at, "reward", RewardHacking.REWARD));
        add(text, "referee", either(at, "referee", RewardHacking.REFEREE));
        add(text, "kl", either(at, "kl", "kl"));
        add(text, "gradient", at.gradientNorm());
        if (firstStep < 0) {
            firstStep = at.step();
            began = now;
        } else if (now > began) {
            double rate = (at.step() - firstStep) * SECOND / (now - began);
            text.append(String.format(Locale.ROOT, ", %.3g steps/s", rate));
            text.append(", ").append(left((maxSteps - at.step()) / rate)).append(" left");
        }
        if (memory.isEmpty() || now - looked > TimeUnit.SECONDS.toNanos(1)) {
            memory = PeakMemory.residentMebibytes();
            looked = now;
        }
        memory.ifPresent(size -> text.append(", ").append(size).append(" MiB"));
        return text.toString();
    }

    private static Double either(TrainingListener.Progress at, String ofStep, String ofValidation) {
        Map<String, Double> metrics = at.metrics();
        return metrics.containsKey(ofStep)
                ? metrics.get(ofStep)
                : at.validationMetrics().get(ofValidation);
    }

    private static void add(StringBuilder text, String name, Double value) {
        if (value != null && !value.isNaN()) {
            text.append(text.isEmpty() ? "" : " ");
            text.append(String.format(Locale.ROOT, "%s %.4g", name, value));
        }
    }

    private static String left(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        return whole < 3600
                ? whole / 60 + " min"
                : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole / 60 % 60);
    }
}
