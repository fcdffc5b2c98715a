package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Philox;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NamedBlockIT {
    private static final ConvGru.Config SMALL = new ConvGru.Config(8, 5, 3, 2, 1, true, true, 0.1);

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private Map<String, NDArray> weights() {
        ConvGru block = new ConvGru(SMALL);
        block.initialize(new Philox(1), manager);
        return new LinkedHashMap<>(block.weights());
    }

    private String complaint(Map<String, NDArray> weights) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> new ConvGru(SMALL).load(weights, manager))
                .getMessage();
    }

    @Test
    void listsAllMisfits() {
        Map<String, NDArray> weights = weights();
        weights.remove("embedding.gru_tower.gru.bias_hh_l0");
        weights.remove("embedding.conv_tower.blocks.1.norm.layer.running_var");
        weights.put("surplus", manager.zeros(new Shape(1)));
        weights.put("head.channel_transform.conv.layer.weight", manager.zeros(new Shape(8, 1)));
        weights.put("head.channel_transform.conv.layer.bias", manager.create(new double[] {0}));
        assertEquals(
                "weights do not fit conv-gru: missing"
                        + " [embedding.conv_tower.blocks.1.norm.layer.running_var,"
                        + " embedding.gru_tower.gru.bias_hh_l0]; unexpected [surplus]; misshapen"
                        + " [head.channel_transform.conv.layer.weight must be float32 (1, 8, 1),"
                        + " got float32 (8, 1), head.channel_transform.conv.layer.bias must be"
                        + " float32 (1), got float64 (1)]",
                complaint(weights));
    }

    @Test
    void passesOverWhatTheReferenceNeverUses() {
        Map<String, NDArray> weights = weights();
        String tower = "embedding.conv_tower.blocks.";
        weights.put(tower + "0.norm.layer.weight", manager.zeros(new Shape(3)));
        weights.put(tower + "1.norm.layer.num_batches_tracked", manager.create(7L));
        weights.put("embedding.gru_tower.ffn.dense.linear.bias", manager.zeros(new Shape(3)));
        new ConvGru(SMALL).load(weights, manager);
    }

    @Test
    void dropsPrefixesThatAllNamesCarry() {
        Map<String, NDArray> prefixed = new LinkedHashMap<>();
        weights().forEach((name, array) -> prefixed.put("model." + name, array));
        ConvGru block = new ConvGru(SMALL);
        block.load(prefixed, manager);
        assertTrue(block.isInitialized());
        prefixed.put("other", manager.zeros(new Shape(1)));
        assertTrue(complaint(prefixed).contains("unexpected [model.embedding."));
    }

    @Test
    void copiesTheGivenArrays() {
        Map<String, NDArray> weights = weights();
        ConvGru block = new ConvGru(SMALL);
        block.load(weights, manager);
        String name = "head.channel_transform.conv.layer.bias";
        float before = block.weights().get(name).toFloatArray()[0];
        weights.values().forEach(NDArray::close);
        assertEquals(before, block.weights().get(name).toFloatArray()[0]);
    }

    /** Arrays made from Java numbers lie in Java's memory, which does not outlive them. */
    @Test
    void sharesNoMemoryWithTheGivenArrays() {
        NamedBlock block = new DnaConv(new DnaConv.Config(16, 1, 4, 0, false, 0));
        block.initialize(new Philox(1), manager);
        Map<String, NDArray> given = new LinkedHashMap<>();
        block.weights()
                .forEach(
                        (name, array) ->
                                given.put(
                                        name,
                                        manager.create(array.toFloatArray(), array.getShape())));
        NamedBlock other = new DnaConv(new DnaConv.Config(16, 1, 4, 0, false, 0));
        other.load(given, manager);
        given.values().forEach(array -> array.addi(1));
        block.weights()
                .forEach(
                        (name, array) ->
                                assertArrayEquals(
                                        array.toFloatArray(),
                                        other.weights().get(name).toFloatArray(),
                                        name));
    }

    @Test
    void checksTablesOfConstantsThatAFileHolds() {
        Dit.Config config = new Dit.Config(16, 4, 1, 2, 4, 4, 0);
        Dit block = new Dit(config);
        block.initialize(new Philox(1), manager);
        Map<String, NDArray> weights = new LinkedHashMap<>(block.weights());
        String name = "rotary_emb.inv_freq";
        float[] table = {1, 0.1f, 0.01f, 0.001f};
        assertArrayEquals(table, weights.get(name).toFloatArray());
        weights.put(name, manager.create(new float[] {0.997f, 0.1003f, 0.01f, 0.001f}));
        Dit fromHalfPrecision = new Dit(config);
        fromHalfPrecision.load(weights, manager);
        assertArrayEquals(table, fromHalfPrecision.weights().get(name).toFloatArray());
        weights.put(name, manager.create(new float[] {1, 0.1f, 0.02f, 0.001f}));
        assertEquals(
                "weights do not fit mdlm-dit: rotary_emb.inv_freq[2] must be 0.01, got 0.02",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new Dit(config).load(weights, manager))
                        .getMessage());
        weights.remove(name);
        Dit without = new Dit(config);
        without.load(weights, manager);
        assertArrayEquals(table, without.weights().get(name).toFloatArray());
    }

    @Test
    void refusesOtherInputs() {
        DnaConv guided = new DnaConv(new DnaConv.Config(8, 1, 4, 2, false, 0));
        guided.initialize(new Philox(1), manager);
        Dit dit = new Dit(new Dit.Config(16, 4, 1, 2, 4, 4, 0));
        dit.initialize(new Philox(1), manager);
        NDArray x = manager.zeros(new Shape(2, 6), DataType.INT64);
        NDArray sigma = manager.zeros(new Shape(2));
        NDArray label = manager.zeros(new Shape(2), DataType.INT64);
        assertEquals(
                "inputs must be (x) or (x, sigma), each with the class after it; sigma is float32"
                        + " [B], the class int64 [B]; got (int64 (2, 6), float32 (2))",
                refusal(guided, x, sigma));
        assertEquals(
                "inputs must be (x) or (x, sigma); sigma is float32 [B]; got (int64 (2, 6), int64"
                        + " (2))",
                refusal(dit, x, label));
        assertTrue(refusal(dit, x, sigma, sigma).startsWith("inputs must be (x) or (x, sigma);"));
        assertTrue(refusal(guided, x, label, sigma).startsWith("inputs must be (x) or"));
        assertEquals(
                "x must be int64 [B, L] or float32 [B, L, 5], got float32 (2)",
                refusal(dit, sigma));
        assertEquals(1, ParityBlocks.forward(guided, x, label).size());
        assertEquals(1, ParityBlocks.forward(guided, x, sigma, label).size());
    }

    private static String refusal(NamedBlock block, NDArray... inputs) {
        return assertThrows(
                        IllegalArgumentException.class, () -> ParityBlocks.forward(block, inputs))
                .getMessage();
    }

    @Test
    void neverTrainsBuffers() {
        ConvGru block = new ConvGru(SMALL);
        block.initialize(new Philox(1), manager);
        block.freezeParameters(true);
        block.weights().values().forEach(array -> assertFalse(array.hasGradient()));
        block.freezeParameters(false);
        assertFalse(
                block.getParameters()
                        .get("embedding.conv_tower.blocks.1.norm.layer.running_mean")
                        .requiresGradient());
        block.trainable()
                .forEach(n -> assertTrue(block.getParameters().get(n).requiresGradient(), n));
        assertEquals(block.getParameters().size() - 2, block.trainable().size());
    }

    @Test
    void leavesTheFourierMatrixUntrained() {
        DnaConv block = new DnaConv(new DnaConv.Config(8, 1, 4, 2, false, 0));
        assertFalse(block.trainable().contains("time_embedder.0.W"));
        assertEquals(block.getParameters().size() - 1, block.trainable().size());
    }

    @Test
    void drawsTheSameWeightsFromTheSameNoise() {
        Map<String, NDArray> first = weights();
        Map<String, NDArray> second = weights();
        first.forEach(
                (name, array) ->
                        assertArrayEquals(
                                array.toFloatArray(), second.get(name).toFloatArray(), name));
        float bound = (float) (1 / Math.sqrt(4 * 5));
        float[] stem = first.get("embedding.conv_tower.blocks.0.conv.weight").toFloatArray();
        float largest = 0;
        for (float element : stem) {
            largest = Math.max(largest, Math.abs(element));
        }
        assertTrue(largest <= bound && largest > 0.9f * bound);
    }

    @Test
    void saysThatWeightsAreMissing() {
        assertEquals(
                "dna-conv has no weights yet; call load(weights, owner) or initialize(noise,"
                        + " owner)",
                assertThrows(
                                IllegalStateException.class,
                                () -> new DnaConv(DnaConv.Config.defaults()).weights())
                        .getMessage());
    }
}
