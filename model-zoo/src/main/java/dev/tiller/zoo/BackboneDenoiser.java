package dev.tiller.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.sampler.DifferentiableDenoiser;
import dev.tiller.sampler.masked.Subs;
import dev.tiller.sampler.numerics.Gradients;
import dev.tiller.sampler.numerics.Scope;
import dev.tiller.sampler.numerics.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The denoiser of sequences that are to fold into given backbones: p(x0 | xt, backbone), by a
 * network that sees all residues, masked or not (Wang et al., "Fine-tuning discrete diffusion
 * models via reward optimization", ICLR 2025), in the SUBS parameterisation. The condition of a row
 * is the number of its backbone; if there is but one backbone, it need not be given.
 *
 * <p>Rows may be longer than their backbones: what is beyond is padding, which is not read, and its
 * output is uniform. The letter X is predicted like any other. The time is not looked at.
 *
 * <p>Rows are evaluated in calls of one backbone and a fixed number of rows, so the bytes of a row
 * depend on the row and its backbone alone. A backbone is encoded once and then kept while there is
 * room. Safe for concurrent calls.
 */
public final class BackboneDenoiser implements DifferentiableDenoiser, AutoCloseable {
    /** The letters of its tokens: the twenty amino acids and X for any other. */
    public static final String ALPHABET = Backbone.AMINO_ACIDS + "X";

    private final ProteinNetwork network;
    private final List<Backbone> backbones;

    BackboneDenoiser(ProteinNetwork network, List<Backbone> backbones) {
        if (backbones.isEmpty()) {
            throw new IllegalArgumentException("backbones must hold one at least, got none");
        }
        this.network = network;
        this.backbones = List.copyOf(backbones);
    }

    /**
     * Returns the backbones.
     *
     * @return the backbone of each condition
     */
    public List<Backbone> backbones() {
        return backbones;
    }

    /**
     * Returns the network.
     *
     * @return the network that decodes, still owned by this denoiser
     */
    public Network network() {
        return network.network();
    }

    /**
     * Returns the number of rows of a call for the longest backbone.
     *
     * @return at least 1; more rows of shorter backbones go into a call
     */
    public int rowsPerCall() {
        int longest = backbones.stream().mapToInt(Backbone::length).max().orElseThrow();
        return Math.max(1, network.residuesPerCall() / longest);
    }

    @Override
    public DifferentiableDenoiser given(int[] conditions) {
        List<Backbone> ofRows =
                Arrays.stream(conditions)
                        .mapToObj(
                                condition -> {
                                    if (condition < 0 || condition >= backbones.size()) {
                                        throw new IllegalArgumentException(
                                                "conditions must be numbers of the "
                                                        + backbones.size()
                                                        + " backbones, from 0, got "
                                                        + condition);
                                    }
                                    return backbones.get(condition);
                                })
                        .toList();
        return new Given(ofRows);
    }

    private Given only(NDArray x) {
        if (backbones.size() > 1) {
            throw new IllegalArgumentException(
                    "conditions of the rows must be given, for there are "
                            + backbones.size()
                            + " backbones; call given(conditions)");
        }
        int rows = Math.toIntExact(x.getShape().get(0));
        return new Given(IntStream.range(0, rows).mapToObj(i -> backbones.get(0)).toList());
    }

    @Override
    public NDArray logPosterior(NDArray xt, double[] t) {
        return only(xt).logPosterior(xt, t);
    }

    @Override
    public NDArray vectorJacobian(NDArray relaxed, double[] t, NDArray cotangent) {
        return only(relaxed).vectorJacobian(relaxed, t, cotangent);
    }

    @Override
    public boolean dependsOnTime() {
        return false;
    }

    @Override
    public int cleanTokens() {
        return network.config().letters() - 1;
    }

    /** Frees the weights and what was kept of the backbones. */
    @Override
    public void close() {
        network.close();
    }

    /** Rows with their backbones. */
    private final class Given implements DifferentiableDenoiser {
        private final List<Backbone> ofRows;

        Given(List<Backbone> ofRows) {
            this.ofRows = ofRows;
        }

        @Override
        public NDArray logPosterior(NDArray xt, double[] t) {
            int letters = cleanTokens();
            if (xt.getDataType() == DataType.FLOAT32) {
                return ofRelaxed(xt);
            }
            require(xt, DataType.INT64, 0, "xt", "int64 [B, L]");
            int length = Math.toIntExact(xt.getShape().get(1));
            long[] tokens = xt.toLongArray();
            float[] all = new float[tokens.length * letters];
            Arrays.fill(all, (float) -StrictMath.log(letters));
            for (ProteinCall call : network.plan(ofRows)) {
                try (NDManager scope = network.newManager()) {
                    Shape shape = new Shape(call.rows().length, call.backbone().length());
                    NDArray x = scope.create(call.cut(tokens, length), shape);
                    NDArray logits = network.run(call, x);
                    float[] own = Subs.logPosterior(logits, letters).toFloatArray();
                    call.putBack(own, all, length, letters);
                }
            }
            return onto(xt, all, letters);
        }

        private NDArray ofRelaxed(NDArray relaxed) {
            int letters = cleanTokens();
            int width = letters + 1;
            require(relaxed, DataType.FLOAT32, width, "xt", "float32 [B, L, " + width + "]");
            int length = Math.toIntExact(relaxed.getShape().get(1));
            float[] soft = relaxed.toFloatArray();
            float[] all = new float[soft.length / width * letters];
            Arrays.fill(all, (float) -StrictMath.log(letters));
            for (ProteinCall call : network.plan(ofRows)) {
                try (NDManager scope = network.newManager()) {
                    Shape shape = new Shape(call.rows().length, call.backbone().length(), width);
                    NDArray x = scope.create(call.cut(soft, length, width), shape);
                    NDArray logits = network.differentiable(call, x);
                    float[] own = Subs.logPosterior(logits, letters).toFloatArray();
                    call.putBack(own, all, length, letters);
                }
            }
            return onto(relaxed, all, letters);
        }

        @Override
        public NDArray vectorJacobian(NDArray relaxed, double[] t, NDArray cotangent) {
            int letters = cleanTokens();
            int all = letters + 1;
            require(relaxed, DataType.FLOAT32, all, "relaxed", "float32 [B, L, " + all + "]");
            require(
                    cotangent,
                    DataType.FLOAT32,
                    letters,
                    "cotangent",
                    "float32 [B, L, " + letters + "]");
            int length = Math.toIntExact(relaxed.getShape().get(1));
            float[] soft = relaxed.toFloatArray();
            float[] weights = cotangent.toFloatArray();
            float[] gradient = new float[soft.length];
            for (ProteinCall call : network.plan(ofRows)) {
                float[] own =
                        differentiate(
                                call,
                                call.cut(soft, length, all),
                                call.cut(weights, length, letters));
                call.putBack(own, gradient, length, all);
            }
            return onto(relaxed, gradient, all);
        }

        private float[] differentiate(ProteinCall call, float[] soft, float[] weights) {
            int letters = cleanTokens();
            try (NDManager scope = network.newManager()) {
                long rows = call.rows().length;
                long length = call.backbone().length();
                NDArray x = Tensors.create(scope, soft, new Shape(rows, length, letters + 1));
                NDArray weight = Tensors.create(scope, weights, new Shape(rows, length, letters));
                x.setRequiresGradient(true);
                Gradients.backward(
                        scope,
                        () -> {
                            NDArray logits = network.differentiable(call, x);
                            return Subs.logPosterior(logits, letters).mul(weight).sum();
                        });
                return x.getGradient().toFloatArray();
            }
        }

        private NDArray onto(NDArray x, float[] values, int width) {
            Shape shape = x.getShape();
            try (Scope scope = Scope.of(x)) {
                NDArray host =
                        scope.manager()
                                .create(values, new Shape(shape.get(0), shape.get(1), width));
                return scope.give(host.duplicate());
            }
        }

        private void require(NDArray x, DataType type, int width, String name, String wanted) {
            Shape shape = x.getShape();
            boolean fits =
                    width == 0
                            ? shape.dimension() == 2
                            : shape.dimension() == 3 && shape.get(2) == width;
            if (!fits || x.getDataType() != type || shape.get(0) != ofRows.size()) {
                throw new IllegalArgumentException(
                        name
                                + " must be "
                                + wanted
                                + " with the "
                                + ofRows.size()
                                + " rows whose backbones were given, got "
                                + x.getDataType()
                                + " "
                                + shape);
            }
            for (Backbone backbone : ofRows) {
                if (backbone.length() > shape.get(1)) {
                    throw new IllegalArgumentException(
                            name
                                    + " must have a position for each residue of "
                                    + backbone
                                    + ", got "
                                    + shape.get(1));
                }
            }
        }

        @Override
        public boolean dependsOnTime() {
            return false;
        }

        @Override
        public int cleanTokens() {
            return BackboneDenoiser.this.cleanTokens();
        }
    }
}
