package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitecturesTest {
    private static JsonNode json(String text) throws JsonProcessingException {
        return new ObjectMapper().readTree(text.replace('\'', '"'));
    }

    private static String complaint(String name, JsonNode config) {
        return assertThrows(
                        IllegalArgumentException.class, () -> Architectures.create(name, config))
                .getMessage();
    }

    @Test
    void createsWhatDescribeDescribes() {
        DnaConv.Config dna = new DnaConv.Config(8, 2, 4, 3, false, 0.1);
        DnaConv block = (DnaConv) Architectures.create("dna-conv", Architectures.describe(dna));
        assertEquals(dna, block.config());
        ConvGru.Config gru = ConvGru.Config.defaults();
        assertEquals(
                gru,
                ((ConvGru) Architectures.create("conv-gru", Architectures.describe(gru))).config());
        Optimus.Config optimus = Optimus.Config.defaults();
        assertEquals(
                optimus,
                ((Optimus) Architectures.create("optimus", Architectures.describe(optimus)))
                        .config());
        Enformer.Config enformer = Enformer.Config.defaults();
        assertEquals(
                enformer,
                ((Enformer) Architectures.create("enformer", Architectures.describe(enformer)))
                        .config());
        Dit.Config dit = new Dit.Config(24, 12, 2, 4, 4, 8, 0.1);
        assertEquals(
                dit,
                ((Dit) Architectures.create("mdlm-dit", Architectures.describe(dit))).config());
        ProteinMpnn.Config protein =
                new ProteinMpnn.Config(8, 1, 2, 5, 22, 0, 2, ProteinMpnn.Head.LETTERS, false);
        assertEquals(
                protein,
                ((ProteinMpnn)
                                Architectures.create(
                                        "protein-mpnn", Architectures.describe(protein)))
                        .config());
    }

    private static void infersItself(NamedBlock block, Record config) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        block.shapes().forEach((name, shape) -> shapes.put("backbone.model." + name, shape));
        assertEquals(
                new Architectures.Inferred(block.architecture(), Architectures.describe(config)),
                Architectures.infer(shapes).orElseThrow());
    }

    @Test
    void infersThePublishedSettings() {
        DnaConv.Config dna = DnaConv.Config.defaults();
        infersItself(new DnaConv(dna), dna);
        infersItself(new Dit(Dit.Config.defaults()), Dit.Config.defaults());
        infersItself(new Enformer(Enformer.Config.defaults()), Enformer.Config.defaults());
        infersItself(new ConvGru(ConvGru.Config.defaults()), ConvGru.Config.defaults());
        Optimus.Config optimus = new Optimus.Config(24, 7, 2, 5, 3, 12, 0.2);
        infersItself(new Optimus(optimus), optimus);
        ProteinMpnn.Config protein = ProteinMpnn.Config.defaults();
        infersItself(new ProteinMpnn(protein), protein);
        ProteinMpnn.Config stability =
                new ProteinMpnn.Config(16, 2, 3, 30, 22, 0.1, 0, ProteinMpnn.Head.SCORE, false);
        infersItself(new ProteinMpnn(stability), stability);
        ProteinMpnn.Config vanilla =
                new ProteinMpnn.Config(16, 2, 1, 30, 21, 0.1, 0, ProteinMpnn.Head.LETTERS, true);
        infersItself(new ProteinMpnn(vanilla), vanilla);
    }

    @Test
    void infersWhatIsKnownFromNothingElse() throws JsonProcessingException {
        Dit.Config config = new Dit.Config(24, 12, 2, 4, 3, 8, 0);
        Map<String, Shape> shapes = new LinkedHashMap<>(new Dit(config).shapes());
        shapes.remove("rotary_emb.inv_freq");
        assertEquals(
                Architectures.describe(config),
                Architectures.infer(shapes, json("{'heads': 4, 'dropout': 0.0}"))
                        .orElseThrow()
                        .config());
        assertEquals(
                "heads of mdlm-dit must be given for weights without rotary_emb.inv_freq, got none;"
                        + " add \"heads\" to the known settings",
                complaint(shapes, json("{}")));
        assertEquals(
                "unknown key 'head' in the configuration of mdlm-dit; known keys: hidden, cond_dim,"
                        + " blocks, heads, mlp_ratio, clean_tokens, dropout",
                complaint(new Dit(config).shapes(), json("{'head': 4}")));
    }

    @Test
    void infersNothingFromOtherWeights() throws JsonProcessingException {
        assertEquals(Optional.empty(), Architectures.infer(Map.of()));
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("encoder.weight", new Shape(2, 3));
        assertEquals(Optional.empty(), Architectures.infer(shapes));
        shapes.put("time_embedder.0.W", new Shape(4));
        shapes.put("linear.weight", new Shape(8));
        assertEquals(
                "linear.weight must have more than 1 dimensions, got shape (8)",
                complaint(shapes, json("{}")));
        shapes.put("linear.weight", new Shape(8, 5, 9));
        assertEquals("stacks must be >= 1, got 0", complaint(shapes, json("{}")));
    }

    private static String complaint(Map<String, Shape> shapes, JsonNode known) {
        return assertThrows(
                        IllegalArgumentException.class, () -> Architectures.infer(shapes, known))
                .getMessage();
    }

    @Test
    void fillsInWhatIsLeftOut() throws JsonProcessingException {
        DnaConv block = (DnaConv) Architectures.create("dna-conv", json("{'hidden': 6}"));
        assertEquals(new DnaConv.Config(6, 4, 4, 0, false, 0), block.config());
    }

    @Test
    void fillsInWhatIsLeftOutOfPartsByTheirType() throws JsonProcessingException {
        Gdss.Config published = Gdss.Config.defaults();
        Gdss block = (Gdss) Architectures.create("gdss", json("{'x': {'type': 'convolution'}}"));
        assertEquals(published, block.config());
        String attention = "{'x': {'type': 'attention', 'hidden': 32}, 'adj': {'heads': 2}}";
        block = (Gdss) Architectures.create("gdss", json(attention));
        assertEquals(Gdss.Part.attention(3, 32), block.config().x());
        assertEquals(2, block.config().adj().heads());
        assertEquals(published.adj().depth(), block.config().adj().depth());
        String unknown = complaint("gdss", json("{'x': {'dept': 2}}"));
        assertTrue(
                unknown.startsWith(
                        "unknown key 'x.dept' in the configuration of gdss; known keys: type,"
                                + " depth, hidden,"),
                unknown);
        String wrong = complaint("gdss", json("{'x': {'depth': 'two'}}"));
        assertTrue(wrong.startsWith("configuration of gdss: x.depth: "), wrong);
        assertEquals(
                "configuration of gdss: depth must be >= 1, got 0",
                complaint("gdss", json("{'adj': {'depth': 0}}")));
    }

    @Test
    void hasThePublishedNumberOfParameters() {
        DnaConv block = new DnaConv(DnaConv.Config.defaults());
        assertEquals(129, block.getParameters().size());
        assertEquals(128, block.trainable().size());
    }

    @Test
    void tellInputsAndOutputs() {
        NamedBlock dna = new DnaConv(new DnaConv.Config(8, 1, 5, 3, false, 0));
        Input tokens = new Input("tokens", DataType.INT64, new Shape(-1, -1));
        Input sigma = new Input("sigma", DataType.FLOAT32, new Shape(-1));
        Input label = new Input("class", DataType.INT64, new Shape(-1));
        assertEquals(List.of(tokens, sigma, label), dna.inputs(true));
        assertEquals(List.of(tokens, label), dna.inputs(false));
        assertEquals(List.of("logits"), dna.outputs());
        assertEquals(5, dna.letters());
        NamedBlock dit = new Dit(new Dit.Config(24, 12, 2, 4, 3, 8, 0));
        assertEquals(List.of(tokens, sigma), dit.inputs(true));
        assertEquals(List.of(tokens), dit.inputs(false));
        assertEquals(8, dit.letters());
        NamedBlock optimus = new Optimus(Optimus.Config.defaults());
        assertEquals(
                List.of(new Input("one_hot", DataType.FLOAT32, new Shape(-1, 50, 4))),
                optimus.inputs(true));
        NamedBlock gru = new ConvGru(ConvGru.Config.defaults());
        NamedBlock enformer = new Enformer(Enformer.Config.defaults());
        for (NamedBlock block : List.of(gru, enformer)) {
            assertEquals(
                    List.of(new Input("one_hot", DataType.FLOAT32, new Shape(-1, -1, 4))),
                    block.inputs(false));
            assertEquals(List.of("prediction"), block.outputs());
            assertEquals(4, block.letters());
        }
        List<Boolean> specific =
                Stream.of(dna, dit, optimus, gru, enformer)
                        .map(NamedBlock::lengthSpecific)
                        .toList();
        assertEquals(List.of(false, true, false, false, true), specific);
    }

    @Test
    void listsKnownNames() throws JsonProcessingException {
        assertEquals(
                "unknown architecture 'encoder'; known architectures: conv-gru, dna-conv, enformer,"
                        + " gdss, mdlm-dit, optimus, protein-mpnn",
                complaint("encoder", json("{}")));
    }

    @Test
    void refusesUnknownKeysAndBadValues() throws JsonProcessingException {
        assertEquals(
                "unknown key 'hiden' in the configuration of dna-conv; known keys: hidden, stacks,"
                        + " clean_tokens, classes, classifier, dropout",
                complaint("dna-conv", json("{'hiden': 4}")));
        assertTrue(
                complaint("dna-conv", json("{'hidden': 4.5}"))
                        .startsWith("configuration of dna-conv: hidden: Cannot coerce Floating"));
        assertEquals(
                "configuration of dna-conv: hidden must be even, >= 2, got 3",
                complaint("dna-conv", json("{'hidden': 3}")));
        assertEquals(
                "configuration of mdlm-dit: hidden must be an even number for each of the 5 heads,"
                        + " got 24",
                complaint("mdlm-dit", json("{'hidden': 24, 'heads': 5}")));
        assertEquals(
                "configuration of enformer: the last of channels must be a multiple of 6 for each"
                        + " of the 2 heads, got 40",
                complaint("enformer", json("{'channels': [20, 40], 'heads': 2}")));
        assertEquals(
                "configuration of conv-gru: dropout must be in [0, 1), got 1.0",
                complaint("conv-gru", json("{'dropout': 1}")));
    }
}
