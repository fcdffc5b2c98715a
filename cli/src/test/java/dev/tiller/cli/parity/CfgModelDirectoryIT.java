package dev.tiller.cli.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiller.guidance.ClassifierFreeGuidance;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.Ancestral;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.parity.ParityCase;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.ClassDenoisers;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelDirectory;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.weights.SafeTensors;
import dev.tiller.zoo.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Classifier-free guidance from a model folder draws the reference's samples. */
class CfgModelDirectoryIT {
    private static final int CLASSES = 2;

    @TempDir private Path folder;

    private ModelDirectory write(ParityCase parity) throws IOException {
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        settings.put("hidden", parity.config().get("hidden").asInt());
        settings.put("stacks", 1).put("clean_tokens", 4).put("classes", CLASSES);
        settings.put("classifier", false).put("dropout", 0.0);
        ModelConfig config =
                new ModelConfig(
                        "cfg",
                        ModelConfig.Kind.DENOISER,
                        "dna-conv",
                        settings,
                        "ACGT",
                        parity.config().get("L").asInt(),
                        new ModelConfig.Schedule("log-linear", Map.of("eps", 1e-3)),
                        false,
                        0,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null);
        try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                WeightFile weights =
                        SafeTensors.read(parity.file("weights.safetensors"), manager)) {
            return ModelDirectory.write(folder.resolve("cfg"), config, weights.tensors(), "");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Backend.class,
            names = {"PYTORCH", "ONNX"})
    void drawsTheReferencesSample(Backend backend) throws IOException {
        ParityCase parity = ParityCase.find("02_cfg_step").get(0);
        int label = parity.config().get("cls").asInt();
        String place = write(parity).toString();
        try (ClassDenoisers denoisers =
                        ModelZoo.classDenoisers(place, label, backend, Device.cpu());
                NDManager manager = NDManager.newBaseManager(Device.cpu());
                Ledger ledger = new Ledger(new Ledger.Options(1, 16, true))) {
            assertSame(denoisers.conditional().network(), denoisers.unconditional().network());
            ClassifierFreeGuidance guided =
                    new ClassifierFreeGuidance(
                            denoisers.conditional(),
                            denoisers.unconditional(),
                            parity.config().get("w").asDouble(),
                            false);
            MaskedDiffusion process =
                    new MaskedDiffusion(
                            guided,
                            denoisers.conditional().schedule(),
                            parity.config().get("L").asInt(),
                            manager,
                            MaskedDiffusion.Options.published(
                                    parity.config().get("steps").asInt()));
            long[] ids = new long[parity.config().get("B").asInt()];
            Arrays.setAll(ids, i -> i);
            State designs =
                    new Ancestral()
                            .decode(
                                    process,
                                    ids,
                                    new RecordedNoise(parity, 1, 1),
                                    ledger,
                                    manager,
                                    StepListener.NONE);
            assertArrayEquals(parity.longs("out.final"), designs.array(0).toLongArray());
        }
    }

    @Test
    void unknownClassesAreRefused() throws IOException {
        String place = write(ParityCase.find("02_cfg_step").get(0)).toString();
        for (int label : new int[] {-1, CLASSES}) {
            assertEquals(
                    "label for model 'cfg' must be one of its 2 classes, from 0, got " + label,
                    refused(place, label));
        }
        assertEquals(
                "label for model 'rna-utr5' must be one of its 0 classes, from 0, got 0;"
                        + " classifier-free guidance needs classes",
                refused("rna-utr5", 0));
        assertEquals(
                "model 'rna-utr5-mrl' must be of kind denoiser, got reward",
                refused("rna-utr5-mrl", 0));
    }

    private static String refused(String model, int label) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> ModelZoo.classDenoisers(model, label, Backend.AUTO, Device.cpu()))
                .getMessage();
    }
}
