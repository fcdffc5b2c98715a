package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelZooTest {
    private static final String DENOISER =
            """
            "name": "x", "kind": "denoiser", "architecture": "dna-conv",
            "architecture_config": {"hidden": 8}, "alphabet": "ACGT", "length": 50,
            "schedule": {"name": "log-linear", "eps": 0.001}\
            """;

    @TempDir private Path folder;

    private ModelConfig read(String body) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{" + body + "}");
        return ModelZoo.find(folder.toString()).config();
    }

    private String complaint(String body) {
        return assertThrows(IllegalArgumentException.class, () -> read(body)).getMessage();
    }

    @Test
    void everyBuiltInModelHasConfigurationAndCard() {
        for (String name : ModelZoo.names()) {
            assertEquals(name, ModelZoo.find(name).config().name());
            assertNotNull(ModelZoo.card(name));
        }
    }

    @Test
    void listsBuiltInModelsForAnUnknownName() {
        String text =
                assertThrows(IllegalArgumentException.class, () -> ModelZoo.find("no-such"))
                        .getMessage();
        assertTrue(text.startsWith("unknown model 'no-such'; built-in models: "), text);
        assertTrue(text.endsWith("; or give a folder that holds config.json"), text);
    }

    @Test
    void findsClassesByNameAndNumber() throws IOException {
        String guided = DENOISER.strip() + ", \"label\": 2, \"classes\": ";
        assertEquals(List.of("liver", "blood"), read(guided + "[\"liver\", \"blood\"]").classes());
        ModelDirectory model = ModelZoo.find(folder.toString());
        assertEquals(1, model.classNumber("blood"));
        assertEquals(0, model.classNumber("0"));
        assertEquals(
                "class of model 'x' must be liver, blood or a number from 0, got 'brain'",
                assertThrows(IllegalArgumentException.class, () -> model.classNumber("brain"))
                        .getMessage());
        assertTrue(
                complaint(guided + "[\"liver\", \"liver\"]")
                        .endsWith(
                                "classes of a model must have different names, got [liver,"
                                        + " liver]"));
        assertEquals(List.of(), read(DENOISER).classes());
        String nameless =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ModelZoo.find(folder.toString()).classNumber("liver"))
                        .getMessage();
        assertEquals("class of model 'x' must be a number from 0, got 'liver'", nameless);
    }

    @Test
    void readsConfigurations() throws IOException {
        ModelConfig config =
                read(
                        DENOISER
                                + ", \"time_conditioning\": true, \"label\": 1,"
                                + " \"value_networks\": {\"mrl\": \"v\"}");
        assertEquals(ModelConfig.Kind.DENOISER, config.kind());
        assertEquals(1e-3, config.schedule().parameters().get("eps"));
        assertEquals("log-linear", config.schedule().create().name());
        assertTrue(config.timeConditioning());
        assertEquals(1, config.label());
        assertEquals("v", config.valueNetworks().get("mrl"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"log-linear\"|\"log\"|unknown noise schedule 'log'; known schedules: ",
                "\"ACGT\"|\"AACG\"|alphabet of a model must have two letters or more, all"
                        + " different, got AACG",
                "\"denoiser\"|\"value\"|schedule of a model must be given for denoisers only, got",
                "\"length\": 50|\"length\": -1|length of a model must be >= 0, got -1",
                "\"length\"|\"lenght\"|Unrecognized field \"lenght\"",
                "0.001|\"a\"|schedule parameter 'eps' must be a number, got a"
            })
    void refusesBadConfigurations(String from, String to, String complaint) {
        String text = complaint(DENOISER.replace(from, to));
        String prefix = folder.resolve("config.json") + ": " + complaint;
        assertTrue(text.startsWith(prefix), text);
    }
}
