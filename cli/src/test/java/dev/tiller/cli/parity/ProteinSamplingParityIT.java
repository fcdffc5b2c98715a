package dev.tiller.cli.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiller.guidance.BiasedDenoiser;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Residue;
import dev.tiller.sampler.Conditions;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.State;
import dev.tiller.sampler.masked.Layout;
import dev.tiller.sampler.masked.Layouts;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.masked.Subs;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.zoo.BackboneGraph;
import dev.tiller.zoo.architecture.Architectures;
import dev.tiller.zoo.architecture.NamedBlock;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The masked interpolant of the published inverse-folding model, whose time runs from 0.01, all
 * masked, to 1: ours runs from 0.99 to 0 with as many steps.
 */
class ProteinSamplingParityIT {
    private static final int LETTERS = 21;
    private static final double LEAST_TIME = 0.01;
    private static final double TOLERANCE = 1e-5;

    static Stream<ParityCase> cases() {
        return ParityCase.find("06_fmif_flow").stream()
                .filter(parity -> !parity.config().has("cfg"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void statesEqualThePublishedOnes(ParityCase parity) throws Exception {
        int steps = parity.config().get("T").asInt() - 1;
        try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                Ledger ledger = new Ledger(new Ledger.Options(1, 8, true))) {
            Proteins proteins = new Proteins(parity, manager);
            double temperature = parity.config().get("temp").asDouble();
            MaskedDiffusion process =
                    new MaskedDiffusion(
                            new BiasedDenoiser(proteins, temperature, List.of()),
                            new LogLinear(0),
                            proteins.layouts(),
                            manager,
                            MaskedDiffusion.Options.published(steps));
            // before the sampling, times and masks of the loss were drawn
            Randomness noise = proteins.noise(2);
            long[] ids = LongStream.range(0, proteins.rows).toArray();
            State x = process.prior(ids, new int[ids.length], noise, manager);
            proteins.requireTokens("out.traj0", x);
            double worst = 0;
            for (int step = 0; step < steps; step++) {
                Prediction prediction = process.predict(x, step, ledger, noise);
                if (step == 0) {
                    worst = proteins.requireWeights(prediction, time(0, steps), time(1, steps));
                }
                x =
                        process.transition(
                                        x,
                                        prediction,
                                        time(step, steps),
                                        time(step + 1, steps),
                                        step)
                                .draw(1, noise, manager);
                proteins.requireTokens("out.traj" + (step + 1), x);
            }
            System.err.printf("%s first weights: %.1e, states equal%n", parity, worst);
        }
    }

    private static double time(int index, int steps) {
        return (1 - LEAST_TIME) * (steps - index) / steps;
    }

    /** The proteins of a case, of which the residues with coordinates are looked at. */
    private static final class Proteins implements Denoiser {
        private final ParityCase parity;
        private final NDManager manager;
        private final NamedBlock network;
        private final int rows;
        private final int length;
        private final List<int[]> residues = new ArrayList<>();
        private final List<BackboneGraph> graphs = new ArrayList<>();

        Proteins(ParityCase parity, NDManager manager) throws Exception {
            this.parity = parity;
            this.manager = manager;
            long[] shape = parity.shape("in.S");
            rows = (int) shape[0];
            length = (int) shape[1];
            int k = parity.config().get("k").asInt();
            ObjectNode known = JsonNodeFactory.instance.objectNode().put("neighbours", k);
            try (WeightFile file = SafeTensors.read(parity.file("weights.safetensors"), manager)) {
                Map<String, ai.djl.ndarray.types.Shape> shapes = new LinkedHashMap<>();
                file.tensors().forEach((name, tensor) -> shapes.put(name, tensor.getShape()));
                Architectures.Inferred found = Architectures.infer(shapes, known).orElseThrow();
                network = Architectures.create(found.architecture(), found.config());
                network.load(file.tensors(), manager);
            }
            for (int row = 0; row < rows; row++) {
                read(row, k);
            }
        }

        private void read(int row, int k) {
            float[] mask = parity.floats("in.mask");
            float[] coordinates = parity.floats("in.X");
            long[] numbers = parity.longs("in.residue_idx");
            long[] chains = parity.longs("in.chain_encoding");
            int[] own =
                    IntStream.range(row * length, (row + 1) * length)
                            .filter(i -> mask[i] == 1)
                            .toArray();
            List<Residue> list = new ArrayList<>();
            for (int i : own) {
                int at = i * Residue.COORDINATES;
                list.add(
                        new Residue(
                                Long.toString(chains[i]),
                                (int) numbers[i],
                                ' ',
                                'A',
                                Arrays.copyOfRange(coordinates, at, at + Residue.COORDINATES)));
            }
            residues.add(own);
            graphs.add(BackboneGraph.of(new Backbone("row" + row, list), k));
        }

        Layouts layouts() {
            return new Layouts(
                    residues.stream().map(own -> Layout.free(own.length)).toList(),
                    Conditions.inTurn(rows));
        }

        Randomness noise(int first) {
            RecordedNoise recorded = new RecordedNoise(parity, first, 1);
            return new Randomness() {
                @Override
                public void fill(
                        long sampleId, int step, Purpose purpose, int candidate, double[] out) {
                    int columns = LETTERS + 1;
                    double[] all = new double[length * columns];
                    recorded.fill(sampleId, step, purpose, candidate, all);
                    int[] own = residues.get((int) sampleId);
                    for (int i = 0; i < own.length; i++) {
                        int from = own[i] % length * columns;
                        System.arraycopy(all, from, out, i * columns, columns);
                    }
                }

                @Override
                public Randomness branch(int number) {
                    throw new UnsupportedOperationException();
                }
            };
        }

        void requireTokens(String name, State x) {
            long[] expected = parity.longs(name);
            long[] actual = x.array(0).toLongArray();
            int width = actual.length / rows;
            for (int row = 0; row < rows; row++) {
                int[] own = residues.get(row);
                for (int i = 0; i < own.length; i++) {
                    assertEquals(expected[own[i]], actual[row * width + i], name + " " + own[i]);
                }
            }
        }

        /** The weights of the first step: probabilities times the step, the mask what is left. */
        double requireWeights(Prediction prediction, double from, double to) {
            float[] expected = parity.floats("out.q_first");
            double worst = 0;
            for (int row = 0; row < rows; row++) {
                int[] own = residues.get(row);
                for (int i = 0; i < own.length; i++) {
                    for (int k = 0; k < LETTERS; k++) {
                        double q = Math.exp(prediction.row(row)[i * LETTERS + k]) * (from - to);
                        double off = Math.abs(q - expected[own[i] * (LETTERS + 1) + k]);
                        worst = Math.max(worst, off);
                    }
                }
            }
            assertTrue(worst <= TOLERANCE, "weights are off by " + worst);
            return worst;
        }

        @Override
        public NDArray logPosterior(NDArray xt, double[] t) {
            int width = (int) xt.getShape().get(1);
            NDList inputs = new NDList(xt);
            inputs.addAll(BackboneGraph.batch(graphs, width, xt.getManager()));
            ParameterStore store = new ParameterStore(manager, false);
            NDArray logits = network.forward(store, inputs, false).head();
            return Subs.logPosterior(logits, LETTERS);
        }

        @Override
        public boolean dependsOnTime() {
            return false;
        }

        @Override
        public int cleanTokens() {
            return LETTERS;
        }
    }
}
