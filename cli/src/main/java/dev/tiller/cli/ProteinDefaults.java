package dev.tiller.cli;

import dev.tiller.cli.run.BackboneSampling;
import dev.tiller.cli.run.InverseFolding;
import dev.tiller.cli.run.SamplingJob;
import dev.tiller.cli.run.Settings;
import dev.tiller.zoo.ModelZoo;

/** What sampling of proteins takes where nothing is said, and what it has no use for. */
final class ProteinDefaults {
    /** The reward of proteins. */
    static final String REWARD = "stability";

    /** Reverse steps; DRAKES takes 49. */
    static final int STEPS = 50;

    private ProteinDefaults() {}

    /** Tells whether a model designs proteins for backbones. */
    static boolean isInverseFolding(String model) {
        return !model.equals(SamplingJob.UNIFORM)
                && InverseFolding.is(ModelZoo.find(model).config());
    }

    /** Completes the settings of the backbones; null for models that have none. */
    static BackboneSampling sampling(
            boolean inverseFolding, BackboneSampling given, BackboneSampling before, String model) {
        if (inverseFolding) {
            return BackboneSampling.resolve(given, before == null ? BackboneSampling.NONE : before);
        }
        Settings.of(given).keySet().stream()
                .findFirst()
                .ifPresent(
                        setting -> {
                            throw new IllegalArgumentException(
                                    Settings.option(setting)
                                            + " belongs to models that design proteins for"
                                            + " backbones, and model '"
                                            + model
                                            + "' is none; leave it out");
                        });
        return null;
    }
}
