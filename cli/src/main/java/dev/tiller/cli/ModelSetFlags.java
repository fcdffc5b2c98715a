package dev.tiller.cli;

import dev.tiller.cli.evaluate.DesignSet;
import dev.tiller.cli.evaluate.Letters;
import dev.tiller.cli.evaluate.SequenceModel;
import dev.tiller.cli.evaluate.SetArgument;
import dev.tiller.zoo.ModelZoo;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** Options of an evaluation for sets that are sampled from models. */
final class ModelSetFlags {
    private static final int NUM = 640;
    private static final int STEPS = 128;

    @Option(
            names = "--model",
            paramLabel = "[LABEL=]NAME|DIR[,...]",
            description =
                    "Model to sample a set from, unguided; several are seeds of one method, such"
                            + " as trainings. Repeatable.")
    private List<String> models = new ArrayList<>();

    @Option(names = "--num", description = "Designs of each set (default: " + NUM + ").")
    private Integer num;

    @Option(names = "--steps", description = "Reverse steps (default: " + STEPS + ").")
    private Integer steps;

    @Option(
            names = "--seeds",
            description = "Sets to sample from each model, counted from --seed (default: 1).")
    private Integer seeds;

    /** Refuses options that would be ignored, and models that are not there. */
    void check() {
        boolean given = !models.isEmpty();
        UnusedOptions.refuse("--num", num, given, "--model");
        UnusedOptions.refuse("--steps", steps, given, "--model");
        UnusedOptions.refuse("--seeds", seeds, given, "--model");
        requirePositive("--num", num);
        requirePositive("--steps", steps);
        requirePositive("--seeds", seeds);
        for (SetArgument argument : arguments()) {
            argument.sources().forEach(ModelZoo::find);
        }
    }

    private static void requirePositive(String option, Integer value) {
        if (value != null && value < 1) {
            throw new IllegalArgumentException(option + " must be at least 1, got " + value);
        }
    }

    List<SetArgument> arguments() {
        return models.stream().map(SetArgument::parse).toList();
    }

    /**
     * Samples all sets.
     *
     * @param letters what everything that is to read the designs knows
     * @param pretrained the model that judges them, or null
     */
    List<DesignSet> sample(
            long firstSeed,
            SequenceModel.Engine engine,
            String letters,
            SequenceModel pretrained,
            Consumer<String> progress) {
        List<DesignSet> sets = new ArrayList<>();
        for (SetArgument argument : arguments()) {
            int replicate = 0;
            for (String name : argument.sources()) {
                try (SequenceModel model = SequenceModel.open(name, engine)) {
                    Letters.require(model.alphabet(), letters, "alphabet of model '" + name + "'");
                    if (pretrained != null) {
                        pretrained.requireSameSequences(model);
                    }
                    for (int i = 0; i < (seeds == null ? 1 : seeds); i++) {
                        long seed = firstSeed + i;
                        String source = name + " seed " + seed;
                        progress.accept("sampling " + source);
                        List<String> designs =
                                model.sample(
                                        num == null ? NUM : num,
                                        steps == null ? STEPS : steps,
                                        seed);
                        replicate++;
                        sets.add(new DesignSet(argument.label(), replicate, source, designs));
                    }
                }
            }
        }
        return sets;
    }
}
