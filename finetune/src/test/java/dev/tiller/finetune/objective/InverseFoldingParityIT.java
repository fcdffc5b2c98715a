package dev.tiller.finetune.objective;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import dev.tiller.finetune.objective.InverseFolding.Example;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Residue;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.zoo.BackboneGraph;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.architecture.ProteinMpnn;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The training step of DRAKES's inverse folding: masks, losses, gradients. */
class InverseFoldingParityIT {
    private static final double LOSS = 1e-5;
    private static final double GRADIENT = 5e-5;
    private static final int K = 21;

    /** Classes of guidance are no part of these jobs. */
    private static final String CLASSES = "/models/main/parameters/cls_embedder.weight";

    /** Of the published code: times of the reference run from 0, all masked, to 1. */
    private static final double SMALLEST = 0.01;

    static List<ParityCase> cases() {
        return ParityCase.find("06_fmif_flow").stream()
                .filter(parity -> parity.json().at(CLASSES).isMissingNode())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsTheReferencesLossAndGradients(ParityCase parity) throws Exception {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NamedBlock network = network(parity, manager);
            ParameterStore store = new ParameterStore(manager, false);
            NDList logits = new NDList();
            Objective.Forward forward =
                    (inputs, step) -> {
                        NDArray output = network.forward(store, inputs, true).head();
                        logits.add(output.duplicate());
                        logits.get(0).attach(manager);
                        return output;
                    };
            InverseFolding objective =
                    new InverseFolding(
                            List.of(),
                            List.of(),
                            new InverseFolding.Options(
                                    K,
                                    parity.config().get("k").asInt(),
                                    0,
                                    new LogLinear(0),
                                    InverseFolding.Loss.ALL,
                                    0.1,
                                    2000,
                                    1000),
                            new Philox(0));
            Proteins proteins = new Proteins(parity, objective);
            double loss =
                    objective.accumulate(forward, proteins.examples, proteins.graphs, 0, manager);
            double difference =
                    parity.requireClose("out.loss_smoothed_mean", new float[] {(float) loss}, LOSS);
            double nll = proteins.negativeLogLikelihood(logits.head());
            assertEquals(parity.floats("out.loss_nll_mean")[0], nll, LOSS * nll);
            double worst = 0;
            for (String name : network.trainable()) {
                float[] gradient = network.weights().get(name).getGradient().toFloatArray();
                worst = Math.max(worst, parity.requireClose("grad." + name, gradient, GRADIENT));
            }
            System.err.printf(
                    Locale.ROOT, "%s: loss %.1e, gradients %.1e%n", parity, difference, worst);
        }
    }

    private static NamedBlock network(ParityCase parity, NDManager manager) throws Exception {
        ProteinMpnn network =
                new ProteinMpnn(
                        new ProteinMpnn.Config(
                                parity.config().get("hidden").asInt(),
                                parity.config().get("enc").asInt(),
                                parity.config().get("dec").asInt(),
                                parity.config().get("k").asInt(),
                                K + 1,
                                0,
                                0,
                                ProteinMpnn.Head.LETTERS,
                                false));
        try (WeightFile weights = SafeTensors.read(parity.file("weights.safetensors"), manager)) {
            network.load(weights.tensors(), manager);
        }
        network.freezeParameters(false);
        network.trainable().forEach(n -> network.weights().get(n).setRequiresGradient(true));
        return network;
    }

    /** The residues that there are; those that are not designed are masked and do not count. */
    private static final class Proteins {
        private final List<Example> examples = new ArrayList<>();
        private final List<BackboneGraph> graphs = new ArrayList<>();
        private final List<float[]> counted = new ArrayList<>();

        Proteins(ParityCase parity, InverseFolding objective) {
            long[] shape = parity.shape("in.mask");
            float[] mask = parity.floats("in.mask");
            float[] designed = parity.floats("in.chain_M");
            float[] uniforms = parity.floats("noise.001");
            for (int row = 0; row < shape[0]; row++) {
                int first = row * (int) shape[1];
                int[] there =
                        IntStream.range(first, first + (int) shape[1])
                                .filter(i -> mask[i] == 1)
                                .toArray();
                double u = parity.floats("noise.000")[row];
                double t = 1 - (u * (1 - 2 * SMALLEST) + SMALLEST);
                double[] draws = Arrays.stream(there).mapToDouble(i -> uniforms[i]).toArray();
                long[] clean =
                        Arrays.stream(there).mapToLong(i -> parity.longs("in.S")[i]).toArray();
                Example drawn = objective.corrupt(clean, t, draws);
                long[] shown = drawn.tokens().clone();
                float[] weights = drawn.weights().clone();
                for (int i = 0; i < there.length; i++) {
                    if (designed[there[i]] == 0) {
                        shown[i] = K;
                        weights[i] = 0;
                    }
                    assertEquals(parity.longs("out.S_t")[there[i]], shown[i]);
                }
                examples.add(new Example(clean, shown, weights));
                counted.add(weights);
                graphs.add(
                        BackboneGraph.of(
                                backbone(parity, there), parity.config().get("k").asInt()));
            }
        }

        private static Backbone backbone(ParityCase parity, int[] there) {
            float[] coordinates = parity.floats("in.X");
            List<Residue> residues = new ArrayList<>();
            for (int i : there) {
                int at = i * Residue.COORDINATES;
                residues.add(
                        new Residue(
                                "chain " + parity.longs("in.chain_encoding")[i],
                                (int) parity.longs("in.residue_idx")[i],
                                ' ',
                                'A',
                                Arrays.copyOfRange(coordinates, at, at + Residue.COORDINATES)));
            }
            return new Backbone("row", residues);
        }

        /** The mean over the letters that count, of log-softmax over all channels. */
        double negativeLogLikelihood(NDArray logits) {
            Shape shape = logits.getShape();
            float[] logProbabilities = logits.logSoftmax(-1).toFloatArray();
            double sum = 0;
            double letters = 0;
            for (int row = 0; row < examples.size(); row++) {
                for (int i = 0; i < counted.get(row).length; i++) {
                    if (counted.get(row)[i] == 1) {
                        long at = (row * shape.get(1) + i) * shape.get(2);
                        sum -= logProbabilities[(int) (at + examples.get(row).clean()[i])];
                        letters++;
                    }
                }
            }
            return sum / letters;
        }
    }
}
