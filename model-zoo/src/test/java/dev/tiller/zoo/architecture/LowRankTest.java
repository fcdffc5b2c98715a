package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LowRankTest {
    private static final Optimus.Config SMALL = new Optimus.Config(6, 3, 2, 8, 2, 10, 0);

    private static String refusal(int rank, double alpha, String... layers) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> new Optimus(SMALL).adapt(new LowRank(rank, alpha, List.of(layers))))
                .getMessage();
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertEquals("rank must be >= 1, got 0", refusal(0, 1));
        assertEquals("alpha must be > 0 and finite, got 0.0", refusal(1, 0));
        assertEquals("alpha must be > 0 and finite, got NaN", refusal(1, Double.NaN));
        assertEquals("alpha must be > 0 and finite, got Infinity", refusal(1, 1.0 / 0));
        assertEquals(
                "layers must be regular expressions, got '(': Unclosed group", refusal(1, 1, "("));
        assertEquals(
                "layers must be found in the name of a layer of optimus, got [attention]; its"
                        + " layers: convs.0, convs.1, dense, output",
                refusal(1, 1, "attention"));
    }

    @Test
    void copiesTheExpressions() {
        List<String> layers = new ArrayList<>(List.of("dense"));
        LowRank options = new LowRank(2, 4, layers);
        layers.add("convs");
        assertEquals(List.of("dense"), options.layers());
        assertEquals(new LowRank(3, 3, List.of()), LowRank.ofRank(3));
    }

    @Test
    void choosesLayersByExpressionsFoundInTheirNames() {
        assertEquals(Set.of("convs.0.weight", "convs.1.weight"), adapted("convs"));
        assertEquals(Set.of("convs.1.weight", "dense.weight"), adapted("1$", "^dense$"));
        assertEquals(
                Set.of("convs.0.weight", "convs.1.weight", "dense.weight", "output.weight"),
                adapted());
    }

    private static Set<String> adapted(String... layers) {
        return new Optimus(SMALL).adapt(new LowRank(1, 1, List.of(layers))).adapted().keySet();
    }

    /** Biases and norms are vectors, and Enformer's biases of heads have one row. */
    @Test
    void adaptsMatricesAlone() {
        Enformer enformer = new Enformer(new Enformer.Config(List.of(12, 24), 1, 2, 4, 1, 0, 0, 0));
        enformer.adapt(LowRank.ofRank(2)).adapted().keySet().stream()
                .filter(name -> !name.endsWith(".weight"))
                .forEach(name -> assertEquals("", name));
        ConvGru gru = new ConvGru(new ConvGru.Config(8, 5, 3, 2, 1, true, true, 0.1));
        Set<String> adapted = gru.adapt(LowRank.ofRank(2)).adapted().keySet();
        assertEquals(4, adapted.stream().filter(name -> name.contains("gru.weight_")).count());
        assertEquals(0, adapted.stream().filter(name -> name.contains("norm")).count());
    }

    @Test
    void trainsTheFactorsAlone() {
        Optimus block = new Optimus(SMALL);
        List<String> own = block.trainable();
        LowRankAdapters adapters = block.adapt(new LowRank(3, 6, List.of("convs.1", "output")));
        List<String> factors =
                List.of("convs.1.lora_A", "convs.1.lora_B", "output.lora_A", "output.lora_B");
        assertEquals(factors, block.trainable());
        long numbers = factors.stream().mapToLong(n -> block.shapes().get(n).size()).sum();
        // r (in + out): a convolution of 6 by 6 channels and width 3, and 8 to 2 outputs
        assertEquals(3 * (6 * 3 + 6) + 3 * (8 + 2), numbers);
        assertEquals(own.size() + 4, block.shapes().size());
        assertEquals(own.size() + 4, block.getParameters().size());
        assertEquals(
                "optimus has adapters already; merge or drop them first",
                assertThrows(IllegalStateException.class, () -> block.adapt(LowRank.ofRank(1)))
                        .getMessage());
        adapters.drop();
        assertEquals(own, block.trainable());
        assertEquals(own, List.copyOf(block.shapes().keySet()));
        assertEquals(own, block.getParameters().keys());
    }
}
