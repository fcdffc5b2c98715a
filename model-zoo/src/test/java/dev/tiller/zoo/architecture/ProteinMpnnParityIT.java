package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.BackboneGraph;
import dev.tiller.zoo.weights.SafeTensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with the reference's ProteinMPNNFMIF and ProteinMPNNOracle. */
class ProteinMpnnParityIT {
    private static final double FORWARD = 1e-5;
    private static final double GRADIENT = 5e-5;

    static List<ParityCase> cases() {
        return ParityCase.find("06_fmif_forward");
    }

    static List<ParityCase> features() {
        return ParityCase.find("06_fmif_features");
    }

    private static void load(ParityCase parity, String file, NamedBlock block, NDManager manager)
            throws IOException {
        try (NDManager scope = manager.newSubManager()) {
            block.load(SafeTensors.read(parity.file(file), scope).tensors(), manager);
        }
    }

    private static NDArray forward(
            ParityCase parity, NamedBlock block, NDArray x, NDList structure) {
        NDList inputs = new NDList(x);
        inputs.addAll(structure);
        boolean guided = ((ProteinMpnn) block).config().classes() > 0;
        if (guided) {
            inputs.add(ParityBlocks.longs(parity, "in.cls", x.getManager()));
        }
        return ParityBlocks.forward(block, inputs.toArray(new NDArray[0])).singletonOrThrow();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void namesFollowTheReference(ParityCase parity) {
        for (ProteinMpnn.Head head : ProteinMpnn.Head.values()) {
            boolean score = head == ProteinMpnn.Head.SCORE;
            ProteinMpnn block = new ProteinMpnn(ProteinParity.inputs(parity).config(head));
            List<String> names = new ArrayList<>();
            parity.json()
                    .at("/models/" + (score ? "oracle" : "main") + "/parameters")
                    .fieldNames()
                    .forEachRemaining(names::add);
            assertEquals(names, block.getParameters().keys());
        }
    }

    @ParameterizedTest
    @MethodSource("features")
    void neighboursAndEdgesEqualTheReference(ParityCase parity) throws IOException {
        ProteinParity proteins = new ProteinParity(parity, "out.", parity.floats("out.X"));
        int k = proteins.neighbours();
        long[] near = parity.longs("out.E_idx");
        long[] offsets = parity.longs("out.offset_class");
        for (int row = 0; row < proteins.rows(); row++) {
            BackboneGraph graph = proteins.graphs().get(row);
            int[] indices = graph.indices();
            int start = row * proteins.length();
            for (int i = 0; i < graph.length(); i++) {
                int at = proteins.original(start + i);
                for (int j = 0; j < k; j++) {
                    int other = proteins.original(start + indices[i * k + j]) - start;
                    assertEquals(near[at * k + j], other, "neighbour");
                    assertEquals(offsets[at * k + j], graph.offsets()[i * k + j], "offset");
                }
            }
        }
        ProteinMpnn block = new ProteinMpnn(proteins.config(ProteinMpnn.Head.LETTERS));
        try (NDManager manager = NDManager.newBaseManager()) {
            load(parity, "weights.safetensors", block, manager);
            NDList structure = proteins.structure(manager);
            NDArray edges =
                    ParityBlocks.edges(
                            block,
                            structure.head(),
                            new Neighbours(
                                    Neighbours.rows(structure.get(1)),
                                    structure.get(2),
                                    structure.get(4)),
                            structure.get(3));
            float[] ours = proteins.original(edges);
            float[] theirs = parity.floats("out.E");
            float[] mask = parity.floats("out.mask");
            double worst = 0;
            for (int i = 0; i < ours.length; i++) {
                if (mask[i / (ours.length / mask.length)] == 1) {
                    worst = Math.max(worst, Math.abs(ours[i] - theirs[i]));
                }
            }
            System.err.printf("%s: edges %.1e%n", parity, worst);
            assertTrue(worst < 3e-5, "difference " + worst);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void outputsAndGradientsEqualTheReference(ParityCase parity) throws IOException {
        ProteinParity proteins = ProteinParity.inputs(parity);
        ProteinMpnn block = new ProteinMpnn(proteins.config(ProteinMpnn.Head.LETTERS));
        try (NDManager manager = NDManager.newBaseManager()) {
            load(parity, "weights.safetensors", block, manager);
            NDList structure = proteins.structure(manager);
            NDArray hard =
                    forward(parity, block, proteins.tokens("in.S_t", manager), structure)
                            .logSoftmax(2);
            double worst = parity.requireClose("out.log_p", proteins.original(hard), FORWARD);
            if (parity.has("out.log_p_noisy")) {
                worst = Math.max(worst, noisy(parity, proteins, block, manager));
            }
            NDArray soft = proteins.floats("in.soft", manager);
            soft.setRequiresGradient(true);
            try (GradientCollector gradients = Engine.getInstance().newGradientCollector()) {
                NDArray log = forward(parity, block, soft, structure).logSoftmax(2);
                worst =
                        Math.max(
                                worst,
                                parity.requireClose(
                                        "out.log_p_soft", proteins.original(log), FORWARD));
                gradients.backward(log.mul(proteins.floats("in.probe", manager)).sum());
            }
            double worstGradient =
                    parity.requireClose(
                            "grad.soft", proteins.original(soft.getGradient()), GRADIENT);
            for (String name : block.trainable()) {
                NDArray gradient = block.weights().get(name).getGradient();
                boolean letters = name.equals("W_s.weight");
                String theirs = "grad." + (letters ? "W_s_ft.weight" : name);
                NDArray actual = letters ? gradient.transpose() : gradient;
                worstGradient =
                        Math.max(
                                worstGradient,
                                parity.requireClose(theirs, actual.toFloatArray(), GRADIENT));
            }
            long known = parity.names().stream().filter(n -> n.startsWith("grad.")).count();
            assertEquals(known - 2, block.trainable().size(), "soft tokens, oracle and weights");
            System.err.printf("%s: forward %.1e, gradients %.1e%n", parity, worst, worstGradient);
        }
    }

    private static double noisy(
            ParityCase parity, ProteinParity proteins, ProteinMpnn block, NDManager manager) {
        float[] moved = parity.floats("in.X");
        float[] noise = parity.floats("in.noise_X");
        float scale = (float) parity.config().get("augment_eps").asDouble();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += scale * noise[i];
        }
        NDList structure = new ProteinParity(parity, "in.", moved).structure(manager);
        NDArray log =
                forward(parity, block, proteins.tokens("in.S_t", manager), structure).logSoftmax(2);
        return parity.requireClose("out.log_p_noisy", proteins.original(log), FORWARD);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void scoreEqualsTheReference(ParityCase parity) throws IOException {
        ProteinParity proteins = ProteinParity.inputs(parity);
        ProteinMpnn block = new ProteinMpnn(proteins.config(ProteinMpnn.Head.SCORE));
        try (NDManager manager = NDManager.newBaseManager()) {
            load(parity, "oracle.safetensors", block, manager);
            NDList structure = proteins.structure(manager);
            NDArray hard = forward(parity, block, proteins.tokens("in.S", manager), structure);
            double worst = parity.requireClose("out.ddg", hard.toFloatArray(), FORWARD);
            NDArray soft = proteins.floats("in.soft", manager);
            soft.setRequiresGradient(true);
            try (GradientCollector gradients = Engine.getInstance().newGradientCollector()) {
                NDArray score = forward(parity, block, soft, structure);
                worst =
                        Math.max(
                                worst,
                                parity.requireClose("out.ddg_soft", score.toFloatArray(), FORWARD));
                NDArray probe = ParityBlocks.floats(parity, "in.probe_b", manager);
                gradients.backward(score.squeeze(1).mul(probe).sum());
            }
            double worstGradient =
                    parity.requireClose(
                            "grad.oracle_soft", proteins.original(soft.getGradient()), GRADIENT);
            System.err.printf("%s: score %.1e, gradient %.1e%n", parity, worst, worstGradient);
        }
    }

    /** Files of fine-tuned weights have the letters twice; what was trained goes first. */
    @ParameterizedTest
    @MethodSource("cases")
    void lettersForSoftTokensGoFirst(ParityCase parity) throws IOException {
        ProteinMpnn block =
                new ProteinMpnn(ProteinParity.inputs(parity).config(ProteinMpnn.Head.LETTERS));
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> weights =
                    new LinkedHashMap<>(
                            SafeTensors.read(parity.file("weights.safetensors"), manager)
                                    .tensors());
            NDArray letters = weights.get("W_s.weight").neg();
            weights.put("W_s_ft.weight", letters.transpose());
            block.load(weights, manager);
            assertArrayEquals(
                    letters.toFloatArray(), block.weights().get("W_s.weight").toFloatArray());
            float[] bytes = new float[letters.toFloatArray().length];
            block.weights().get("W_s.weight").toByteBuffer().asFloatBuffer().get(bytes);
            assertTrue(Arrays.equals(letters.toFloatArray(), bytes), "laid out row by row");
        }
    }
}
