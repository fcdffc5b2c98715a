package dev.tiller.zoo;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.StructureFile;
import java.nio.file.Path;
import java.util.Optional;

/** The predicted stability of a protein on its backbone, and the network that checks it. */
public final class Stability {
    private static final String NAME = "stability";
    private static final String REFEREE_NAME = "stability-referee";

    private Stability() {}

    /**
     * Which network predicts, and for which backbone.
     *
     * @param model the name of a built-in model of kind reward, or a folder that holds one
     * @param structure a PDB or mmCIF file: the backbone of designs that were made for none; may be
     *     null
     */
    public record Options(String model, String structure) {

        /** Checks that a model is named. */
        public Options {
            if (model == null || model.isBlank()) {
                throw new IllegalArgumentException(
                        "model must be the name of a model or a folder, got '" + model + "'");
            }
        }
    }

    /** What the two rewards have in common. */
    private abstract static class Registered implements RewardProvider<Options> {
        private final String name;
        private final String description;
        private final String model;
        private final Optional<String> referee;

        Registered(String name, String description, String model, Optional<String> referee) {
            this.name = name;
            this.description = description;
            this.model = model;
            this.referee = referee;
        }

        @Override
        public final String name() {
            return name;
        }

        @Override
        public final String description() {
            return description;
        }

        @Override
        public final Class<Options> optionsType() {
            return Options.class;
        }

        @Override
        public final Options defaults() {
            return new Options(model, null);
        }

        @Override
        public final Reward create(Options options, RewardContext context) {
            Backend backend = Backend.parse(context.backend());
            return new StabilityReward(
                    name,
                    referee,
                    ModelZoo.find(options.model()),
                    backend,
                    Devices.parse(context.device(), backend),
                    backbone(options.structure()));
        }

        private static Optional<Backbone> backbone(String structure) {
            return structure == null || structure.isBlank()
                    ? Optional.empty()
                    : Optional.of(StructureFile.read(Path.of(structure), null).backbone());
        }
    }

    /** Listed in META-INF/services under the name {@code stability}. */
    public static final class Provider extends Registered {

        /** Made by the service loader. */
        public Provider() {
            super(
                    NAME,
                    "Predicted change of the folding free energy from the wild type, in kcal/mol,"
                            + " positive for more stable (protein).",
                    "protein-stability",
                    Optional.of(REFEREE_NAME));
        }
    }

    /** Listed in META-INF/services under the name {@code stability-referee}. */
    public static final class RefereeProvider extends Registered {

        /** Made by the service loader. */
        public RefereeProvider() {
            super(
                    REFEREE_NAME,
                    "Stability predicted by an independent network; checks stability (protein).",
                    "protein-stability-referee",
                    Optional.empty());
        }
    }
}
