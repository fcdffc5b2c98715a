package dev.tiller.zoo;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.Condition;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.rewards.ScoredGradient;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.sampler.numerics.Tensors;
import dev.tiller.zoo.architecture.ProteinMpnn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The stability of a sequence on its backbone that a network predicts: the free energy of unfolding
 * less that of the wild type, in kcal/mol, so positive is more stable (Wang et al., "Fine-tuning
 * discrete diffusion models via reward optimization", ICLR 2025; trained on the measurements of
 * Tsuboyama et al., Nature 2023). The backbone is what a design was made for, or else one for all.
 *
 * <p>Each backbone is encoded once and kept while there is room. Safe for concurrent calls.
 */
public final class StabilityReward implements DifferentiableReward {
    private final String name;
    private final Optional<String> referee;
    private final ModelConfig config;
    private final ProteinNetwork network;
    private final Optional<Backbone> usual;
    private final Map<Backbone, Float> wildTypes = new ConcurrentHashMap<>();

    /**
     * Loads the network.
     *
     * @param name the name under which the reward is registered
     * @param referee the registered name of the reward that checks it, or empty
     * @param model a model of kind reward and architecture protein-mpnn
     * @param backend the engine to run on; gradients run on DJL's
     * @param device the device to run on
     * @param usual the backbone of designs that were made for none
     * @throws IllegalArgumentException if the model is another one or does not load
     */
    public StabilityReward(
            String name,
            Optional<String> referee,
            ModelDirectory model,
            Backend backend,
            Device device,
            Optional<Backbone> usual) {
        this.name = Objects.requireNonNull(name);
        this.referee = Objects.requireNonNull(referee);
        this.usual = Objects.requireNonNull(usual);
        this.config = ModelZoo.requireKind(model, ModelConfig.Kind.REWARD);
        this.network = ProteinNetwork.open(model, backend, device);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String letters() {
        return config.alphabet();
    }

    @Override
    public double[] score(Designs designs) {
        designs.requireReadableBy(this);
        List<Backbone> backbones = backbones(designs.conditions(), designs.size());
        for (int i = 0; i < designs.size(); i++) {
            int length = designs.sequences().get(i).length();
            if (length != backbones.get(i).length()) {
                throw new IllegalArgumentException(
                        "design "
                                + (i + 1)
                                + " for reward '"
                                + name
                                + "' must have a letter for each residue of "
                                + backbones.get(i)
                                + ", got "
                                + length);
            }
        }
        double[] scores = new double[designs.size()];
        for (ProteinCall call : network.plan(backbones)) {
            int length = call.backbone().length();
            long[] tokens = new long[call.rows().length * length];
            for (int i = 0; i < tokens.length; i++) {
                String sequence = designs.sequences().get(call.rows()[i / length]);
                tokens[i] = config.alphabet().indexOf(sequence.charAt(i % length));
            }
            try (NDManager scope = network.newManager()) {
                NDArray x = scope.create(tokens, new Shape(call.rows().length, length));
                float[] outputs = network.run(call, x).toFloatArray();
                float wildType = wildType(call.backbone());
                for (int i = 0; i < call.count(); i++) {
                    scores[call.rows()[i]] = inUnitOfTarget(outputs[i] - wildType);
                }
            }
        }
        return scores;
    }

    /** What the network says of the wild type, if what counts is the difference from it. */
    private float wildType(Backbone backbone) {
        return network.config().head() == ProteinMpnn.Head.CHANGE
                ? wildTypes.computeIfAbsent(backbone, this::ofWildType)
                : 0;
    }

    private float ofWildType(Backbone backbone) {
        ProteinCall call = network.plan(List.of(backbone)).get(0);
        int length = backbone.length();
        long[] tokens = new long[call.rows().length * length];
        String sequence = backbone.sequence();
        Arrays.setAll(tokens, i -> config.alphabet().indexOf(sequence.charAt(i % length)));
        try (NDManager scope = network.newManager()) {
            NDArray x = scope.create(tokens, new Shape(call.rows().length, length));
            return network.run(call, x).toFloatArray()[0];
        }
    }

    private List<Backbone> backbones(List<Condition> conditions, int designs) {
        List<Backbone> backbones = new ArrayList<>(designs);
        for (int i = 0; i < designs; i++) {
            if (!conditions.isEmpty() && conditions.get(i) instanceof Backbone own) {
                backbones.add(own);
            } else if (usual.isPresent()) {
                backbones.add(usual.get());
            } else {
                throw new IllegalArgumentException(
                        "reward '"
                                + name
                                + "' needs the backbone of each design, got none for design "
                                + (i + 1)
                                + "; give it the option 'structure', a PDB or mmCIF file");
            }
        }
        return backbones;
    }

    private double inUnitOfTarget(float output) {
        double value = config.target().mean() + config.target().std() * output;
        if (!Double.isFinite(value)) {
            throw new IllegalStateException(
                    "score of reward '" + name + "' must be finite, got " + value);
        }
        return value;
    }

    /** Positions beyond the residues of a backbone are not read; their gradient is 0. */
    @Override
    public List<ScoredGradient> differentiate(RelaxedDesigns designs) {
        int[] channels = channels(designs.alphabet());
        List<Backbone> backbones = backbones(designs.conditions(), designs.size());
        for (Backbone backbone : backbones) {
            if (backbone.length() > designs.length()) {
                throw new IllegalArgumentException(
                        "relaxed designs for reward '"
                                + name
                                + "' must have a position for each residue of "
                                + backbone
                                + ", got "
                                + designs.length());
            }
        }
        ScoredGradient[] scored = new ScoredGradient[designs.size()];
        for (ProteinCall call : network.plan(backbones)) {
            differentiate(call, designs, channels, scored);
        }
        return List.of(scored);
    }

    private void differentiate(
            ProteinCall call, RelaxedDesigns designs, int[] channels, ScoredGradient[] scored) {
        int rows = call.rows().length;
        int length = call.backbone().length();
        int width = network.config().letters();
        float[] soft = new float[rows * length * width];
        for (int i = 0; i < rows * length; i++) {
            float[] row = designs.rows().get(call.rows()[i / length]);
            for (int letter = 0; letter < channels.length; letter++) {
                soft[i * width + channels[letter]] = row[i % length * channels.length + letter];
            }
        }
        try (NDManager scope = network.newManager()) {
            NDArray x = Tensors.create(scope, soft, new Shape(rows, length, width));
            x.setRequiresGradient(true);
            NDArray[] outputs = new NDArray[1];
            Gradients.backward(
                    scope,
                    () -> {
                        outputs[0] = network.differentiable(call, x);
                        return outputs[0].sum();
                    });
            float[] values = outputs[0].toFloatArray();
            float[] slopes = x.getGradient().toFloatArray();
            float std = (float) config.target().std();
            float wildType = wildType(call.backbone());
            for (int row = 0; row < call.count(); row++) {
                float[] gradient = new float[designs.length() * channels.length];
                for (int i = 0; i < length * channels.length; i++) {
                    int at = (row * length + i / channels.length) * width;
                    gradient[i] = std * slopes[at + channels[i % channels.length]];
                }
                double value = inUnitOfTarget(values[row] - wildType);
                scored[call.rows()[row]] = new ScoredGradient(value, gradient);
            }
        }
    }

    /** The channel of the network of each letter. */
    private int[] channels(String alphabet) {
        int[] channels = new int[alphabet.length()];
        for (int i = 0; i < channels.length; i++) {
            channels[i] = config.alphabet().indexOf(alphabet.charAt(i));
            if (channels[i] < 0) {
                throw new IllegalArgumentException(
                        "letters of relaxed designs must be of "
                                + letters()
                                + " for reward '"
                                + name
                                + "', got '"
                                + alphabet.charAt(i)
                                + "'");
            }
        }
        return channels;
    }

    @Override
    public Optional<String> referee() {
        return referee;
    }

    @Override
    public Optional<String> digest() {
        return Optional.of(network.network().digest());
    }

    @Override
    public void close() {
        network.close();
    }
}
