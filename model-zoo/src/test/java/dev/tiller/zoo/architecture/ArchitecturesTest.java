package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
    }

    @Test
    void fillsInWhatIsLeftOut() throws JsonProcessingException {
        DnaConv block = (DnaConv) Architectures.create("dna-conv", json("{'hidden': 6}"));
        assertEquals(new DnaConv.Config(6, 4, 4, 0, false, 0), block.config());
    }

    @Test
    void hasThePublishedNumberOfParameters() {
        DnaConv block = new DnaConv(DnaConv.Config.defaults());
        assertEquals(129, block.getParameters().size());
        assertEquals(128, block.trainable().size());
    }

    @Test
    void listsKnownNames() throws JsonProcessingException {
        assertEquals(
                "unknown architecture 'encoder'; known architectures: conv-gru, dna-conv, enformer,"
                        + " mdlm-dit, optimus",
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
                        .startsWith("configuration of dna-conv: Cannot coerce Floating-point"));
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
