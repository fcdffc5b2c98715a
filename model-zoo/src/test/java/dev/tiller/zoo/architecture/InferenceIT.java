package dev.tiller.zoo.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.weights.SafeTensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The names and shapes of the references' own files tell the settings of case.json. */
class InferenceIT {
    static List<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        add(cases, "01_dnaconv", DnaConv.NAME, ParityBlocks::dnaConv);
        add(cases, "07_convgru", ConvGru.NAME, ParityBlocks::convGru);
        add(cases, "07_enformer", Enformer.NAME, ParityBlocks::enformer);
        add(cases, "08_dit", Dit.NAME, ParityBlocks::dit);
        return cases;
    }

    private static void add(
            List<Arguments> cases,
            String prefix,
            String architecture,
            Function<ParityCase, Record> config) {
        for (ParityCase parity : ParityCase.find(prefix)) {
            cases.add(Arguments.of(parity, architecture, config.apply(parity)));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void namesAndShapesTellTheSettings(ParityCase parity, String architecture, Record config)
            throws IOException {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        try (NDManager manager = NDManager.newBaseManager()) {
            SafeTensors.read(parity.file("weights.safetensors"), manager)
                    .tensors()
                    .forEach((name, array) -> shapes.put(name, array.getShape()));
        }
        Architectures.Inferred found = Architectures.infer(shapes).orElseThrow();
        assertEquals(architecture, found.architecture());
        assertEquals(
                withoutDropout(Architectures.describe(config)), withoutDropout(found.config()));
    }

    private static ObjectNode withoutDropout(JsonNode config) {
        ObjectNode copy = config.deepCopy();
        return copy.remove(List.of("dropout", "attention_dropout", "position_dropout"));
    }
}
