package dev.tiller.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.protein.Backbone;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * ProteinMPNN as it was published (Dauparas et al., Science 2022): p(letter of residue i |
 * backbone, letters of the residues before i in an order), for any order.
 *
 * <p>What stands at later residues is not seen, so a sampler places one residue after the other: it
 * asks with any letters where none is placed yet, and draws the next one from the row of its
 * residue. Conditions are the numbers of the backbones.
 *
 * <p>As in {@link BackboneDenoiser} a row depends on nothing beside it. Safe for concurrent calls.
 */
public final class AutoregressiveBackbones implements AutoCloseable {
    private final ProteinNetwork network;
    private final List<Backbone> backbones;

    AutoregressiveBackbones(ProteinNetwork network, List<Backbone> backbones) {
        if (!network.config().autoregressive()) {
            throw new IllegalArgumentException(
                    "network must be autoregressive, got one that sees all residues");
        }
        this.network = network;
        this.backbones = List.copyOf(backbones);
    }

    /**
     * Some residues of a backbone with letters, and the order of all of them.
     *
     * @param condition the number of the backbone
     * @param tokens a token for each residue, int [L]; those of residues that are not placed yet do
     *     not count
     * @param order the residues in the order in which they are placed, a permutation of 0 to L - 1
     */
    public record Placed(int condition, int[] tokens, int[] order) {}

    /**
     * Evaluates the network.
     *
     * @param designs any number
     * @return for each log p(token | what comes before it), float32 row-major [L, letters]
     * @throws IllegalArgumentException if a condition is none of the backbones, or the sizes do not
     *     fit
     */
    public List<float[]> logProbabilities(List<Placed> designs) {
        List<Backbone> ofRows = new ArrayList<>();
        List<long[]> places = new ArrayList<>();
        for (Placed design : designs) {
            ofRows.add(backbone(design));
            places.add(places(design));
        }
        float[][] rows = new float[designs.size()][];
        for (ProteinCall call : network.plan(ofRows)) {
            int length = call.backbone().length();
            long[] tokens = new long[call.rows().length * length];
            long[] order = new long[tokens.length];
            for (int i = 0; i < tokens.length; i++) {
                int row = call.rows()[i / length];
                tokens[i] = designs.get(row).tokens()[i % length];
                order[i] = places.get(row)[i % length];
            }
            try (NDManager scope = network.newManager()) {
                Shape shape = new Shape(call.rows().length, length);
                NDArray x = scope.create(tokens, shape);
                NDArray logits = network.run(call, x, scope.create(order, shape));
                float[] all = logits.logSoftmax(-1).toFloatArray();
                int size = length * letters();
                for (int i = 0; i < call.count(); i++) {
                    rows[call.rows()[i]] = Arrays.copyOfRange(all, i * size, (i + 1) * size);
                }
            }
        }
        return List.of(rows);
    }

    /**
     * Scores whole designs.
     *
     * @param designs any number
     * @return for each the mean over its residues of -log p(token | what comes before it), in nats;
     *     lower is more likely
     */
    public double[] negativeLogLikelihood(List<Placed> designs) {
        List<float[]> rows = logProbabilities(designs);
        double[] means = new double[rows.size()];
        for (int row = 0; row < means.length; row++) {
            int[] tokens = designs.get(row).tokens();
            double sum = 0;
            for (int i = 0; i < tokens.length; i++) {
                sum -= rows.get(row)[i * letters() + tokens[i]];
            }
            means[row] = sum / tokens.length;
        }
        return means;
    }

    private Backbone backbone(Placed design) {
        if (design.condition() < 0 || design.condition() >= backbones.size()) {
            throw new IllegalArgumentException(
                    "condition must be a number of the "
                            + backbones.size()
                            + " backbones, from 0, got "
                            + design.condition());
        }
        Backbone backbone = backbones.get(design.condition());
        if (design.tokens().length != backbone.length()) {
            throw new IllegalArgumentException(
                    "tokens must be one for each residue of "
                            + backbone
                            + ", got "
                            + design.tokens().length);
        }
        for (int token : design.tokens()) {
            if (token < 0 || token >= letters()) {
                throw new IllegalArgumentException(
                        "tokens must be in [0, " + letters() + "), got " + token);
            }
        }
        return backbone;
    }

    /** The place of each residue in the order. */
    private static long[] places(Placed design) {
        int[] order = design.order();
        long[] places = new long[design.tokens().length];
        Arrays.fill(places, -1);
        boolean fits = order.length == places.length;
        for (int place = 0; fits && place < order.length; place++) {
            int residue = order[place];
            fits = residue >= 0 && residue < places.length && places[residue] < 0;
            if (fits) {
                places[residue] = place;
            }
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "order must hold each residue from 0 to "
                            + (places.length - 1)
                            + " once, got "
                            + Arrays.toString(order));
        }
        return places;
    }

    /**
     * Returns the size of the alphabet.
     *
     * @return the number of letters, X among them
     */
    public int letters() {
        return network.config().letters();
    }

    /**
     * Returns the backbones.
     *
     * @return the backbone of each condition
     */
    public List<Backbone> backbones() {
        return backbones;
    }

    /** Frees the weights and what was kept of the backbones. */
    @Override
    public void close() {
        network.close();
    }
}
