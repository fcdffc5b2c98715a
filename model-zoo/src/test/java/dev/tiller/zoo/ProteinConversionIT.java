package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.architecture.ProteinMpnn;
import dev.tiller.zoo.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Converts checkpoints of ProteinMPNN as training and fine-tuning publish them. */
class ProteinConversionIT {
    @TempDir private Path folder;

    static List<ParityCase> cases() {
        return ParityCase.find("06_fmif_finetune");
    }

    /** The number of neighbours is nowhere but beside the weights. */
    @ParameterizedTest
    @MethodSource("cases")
    void checkpointsTellTheNeighbours(ParityCase parity) throws IOException {
        ModelDirectory model =
                Conversions.with().write(parity.file("checkpoint.pt"), folder.resolve("trained"));
        ModelConfig config = model.config();
        assertEquals(ModelConfig.Kind.DENOISER, config.kind());
        assertEquals("ACDEFGHIKLMNPQRSTVWYX", config.alphabet());
        assertEquals(0, config.length());
        int neighbours = parity.config().get("k").asInt();
        assertEquals(neighbours, config.architectureConfig().get("neighbours").asInt());
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> expected =
                    SafeTensors.read(parity.file("weights.safetensors"), manager).tensors();
            Map<String, NDArray> actual = model.weights(manager).tensors();
            assertEquals(expected.keySet(), actual.keySet());
            expected.forEach(
                    (name, array) ->
                            assertArrayEquals(
                                    array.toFloatArray(), actual.get(name).toFloatArray(), name));
        }
    }

    /** The letters are there twice, once transposed on the same storage. */
    @ParameterizedTest
    @MethodSource("cases")
    void fineTunedWeightsAreWhatWasTrained(ParityCase parity) {
        ModelDirectory model =
                Conversions.with()
                        .architecture(null, Map.of("neighbours", "7"))
                        .write(parity.file("finetuned.ckpt"), folder.resolve("tuned"));
        assertEquals(7, model.config().architectureConfig().get("neighbours").asInt());
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> weights = model.weights(manager).tensors();
            weights.forEach(
                    (name, array) ->
                            assertArrayEquals(
                                    parity.floats("param." + name), array.toFloatArray(), name));
        }
        ModelCheck.run(model, Backend.ONNX, Device.cpu());
    }

    @Test
    void aDecoderAloneIsNoModel() {
        ModelDirectory model =
                ProteinModels.write(
                        folder.resolve("random"),
                        ProteinModels.config(8, 5, ProteinMpnn.Head.LETTERS),
                        1);
        String complaint =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ModelExport.onnx(model, folder.resolve("exported")))
                        .getMessage();
        assertEquals(
                "model 'random' must not read backbones to be exported as a folder of architecture"
                        + " onnx; export it as safetensors",
                complaint);
    }
}
