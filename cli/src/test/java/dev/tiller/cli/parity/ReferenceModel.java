package dev.tiller.cli.parity;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.State;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.sampler.schedule.NoiseSchedule;
import dev.tiller.zoo.Network;
import dev.tiller.zoo.NetworkDenoiser;
import dev.tiller.zoo.architecture.DnaConv;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** The denoiser of a parity case, and its states. */
final class ReferenceModel implements AutoCloseable {
    static final int LETTERS = 4;

    final NDManager manager = NDManager.newBaseManager(Device.cpu());
    final NoiseSchedule schedule;
    final int length;
    final int rows;
    final Ledger ledger = new Ledger(new Ledger.Options(1, 64, true));
    private final Network network;
    private final boolean timeConditioning;

    ReferenceModel(ParityCase parity, NoiseSchedule schedule) throws IOException {
        JsonNode config = parity.config();
        this.schedule = schedule;
        this.length = config.get("L").asInt();
        this.rows = config.get("B").asInt();
        this.timeConditioning = config.path("time_conditioning").asBoolean(false);
        try (WeightFile weights = SafeTensors.read(parity.file("weights.safetensors"), manager)) {
            String prefix = "backbone.";
            NDArray classes = weights.tensors().get(prefix + "cls_embedder.weight");
            int labels = classes == null ? 0 : (int) classes.getShape().get(0) - 1;
            DnaConv block =
                    new DnaConv(
                            new DnaConv.Config(
                                    config.get("hidden").asInt(),
                                    config.path("stacks").asInt(1),
                                    LETTERS,
                                    labels,
                                    false,
                                    0.0));
            network = new Network(block, weights.tensors(), Device.cpu(), "parity");
        }
    }

    ReferenceModel(ParityCase parity) throws IOException {
        this(parity, new LogLinear(1e-3));
    }

    NetworkDenoiser denoiser() {
        return denoiser(OptionalInt.empty());
    }

    NetworkDenoiser denoiser(OptionalInt label) {
        return new NetworkDenoiser(
                network, schedule, new NetworkDenoiser.Options(LETTERS, timeConditioning, label));
    }

    /** The sample ids of the batch: the rows of the recorded noise. */
    long[] ids() {
        long[] ids = new long[rows];
        Arrays.setAll(ids, i -> i);
        return ids;
    }

    State state(long[] tokens) {
        int count = tokens.length / length;
        long[] ids = new long[count];
        Arrays.setAll(ids, i -> i);
        NDArray array = manager.create(tokens, new Shape(count, length));
        return new State(new NDList(array), ids, new int[count]);
    }

    static Prediction prediction(NDArray logPosterior) {
        float[] all = logPosterior.toFloatArray();
        int count = (int) logPosterior.getShape().get(0);
        int width = all.length / count;
        List<float[]> list = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            list.add(Arrays.copyOfRange(all, row * width, (row + 1) * width));
        }
        return new Prediction(list);
    }

    @Override
    public void close() {
        ledger.close();
        network.close();
        manager.close();
    }
}
