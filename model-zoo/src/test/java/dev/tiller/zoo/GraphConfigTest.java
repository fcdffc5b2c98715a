package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.sampler.gaussian.Parameterisation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphConfigTest {
    private static final String MODEL =
            """
            "name": "m", "kind": "score", "architecture": "gdss",
            "architecture_config": {"nodes": 3, "features": 2}\
            """;
    private static final String GRAPH =
            """
            "graph": {"atoms": ["C", "O"], "nodes": 3, "sizes": [0, 1, 4.5],
              "x": {"sde": "vp", "parameters": {"beta_min": 0.1, "beta_max": 1.0},
                "parameterisation": "noise"},
              "adj": {"sde": "ve", "parameters": {"sigma_min": 0.1, "sigma_max": 1.0},
                "parameterisation": "score"},
              "sampling": {"steps": 1000, "predictor": "reverse", "corrector": "langevin",
                "snr": 0.2, "scale_eps": 0.7, "corrector_steps": 1, "eps": 1e-4}}\
            """;

    @TempDir private Path folder;

    private ModelConfig read(String body) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{" + body + "}");
        return ModelZoo.find(folder.toString()).config();
    }

    private String complaint(String body) {
        String text = assertThrows(IllegalArgumentException.class, () -> read(body)).getMessage();
        return text.substring(text.indexOf("config.json: ") + "config.json: ".length());
    }

    @Test
    void readsWhatConfigJsonSays() throws IOException {
        ModelConfig config = read(MODEL + "," + GRAPH);
        assertEquals("", config.alphabet());
        GraphConfig expected =
                new GraphConfig(
                        List.of("C", "O"),
                        3,
                        List.of(0.0, 1.0, 4.5),
                        new GraphConfig.Noise(
                                "vp",
                                Map.of("beta_min", 0.1, "beta_max", 1.0),
                                Parameterisation.NOISE),
                        new GraphConfig.Noise(
                                "ve",
                                Map.of("sigma_min", 0.1, "sigma_max", 1.0),
                                Parameterisation.SCORE),
                        new GraphConfig.Sampling(1000, "reverse", "langevin", 0.2, 0.7, 1, 1e-4));
        assertEquals(expected, config.graph());
        assertEquals(
                "[x, adj]", config.graph().components().stream().map(c -> c.name()).toList() + "");
        assertEquals("(3, 2)", config.graph().components().get(0).shape().toString());
        assertEquals("vp", config.graph().components().get(0).sde().name());
        assertEquals("(3, 3)", config.graph().components().get(1).shape().toString());
    }

    @Test
    void belongsToScoreNetworksAlone() {
        assertEquals(
                "graph of a model must be given for score networks only, got null",
                complaint(MODEL));
        assertEquals(
                "alphabet of a model must be left out of score networks, got CO",
                complaint(MODEL + ", \"alphabet\": \"CO\"," + GRAPH));
        assertEquals(
                "length of a model must be left out of score networks, got 9",
                complaint(MODEL + ", \"length\": 9," + GRAPH));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "[`C`, `O`]|[`C`, `C`]|graph.atoms of a model must be different elements, got [C,"
                        + " C]",
                "[0, 1, 4.5]|[1, 2]|graph.sizes of a model must have one weight for each of the"
                        + " numbers of atoms 1 to 3, got 2 weights",
                "[0, 1, 4.5]|[0, 0, 0]|graph.sizes of a model must not all be 0, got [0.0, 0.0,"
                        + " 0.0]",
                "[0, 1, 4.5]|[0, -1, 1]|graph.sizes of a model must be >= 0, got -1.0",
                "`noise`|`drift`|graph.parameterisation of a model must be one of [score, noise,"
                        + " clean, velocity], got drift",
                "`vp`|`vq`|unknown stochastic differential equation 'vq'; known equations: [vp, ve,"
                        + " sub-vp]",
                "`langevin`|`gibbs`|graph.sampling.corrector of a model must be langevin or none,"
                        + " got gibbs",
                "`steps`: 1000|`steps`: 1|graph.sampling.steps of a model must be >= 2, got 1",
                "`snr`: 0.2|`snr`: 0|graph.sampling.snr of a model must be positive, got 0.0"
            })
    void saysWhatIsWrong(String from, String to, String message) {
        String graph = GRAPH.replace(quoted(from), quoted(to));
        assertEquals(message, complaint(MODEL + "," + graph).replaceAll("\\R.*", ""));
    }

    @Test
    void networksOfGraphsAreNotToldTheTime() throws IOException {
        read(MODEL + ", \"time_conditioning\": true," + GRAPH);
        ModelDirectory model = ModelDirectory.open(folder);
        assertEquals(
                "time_conditioning of a model of architecture gdss must be false or left out, for"
                        + " the network has no input of the time, got true",
                assertThrows(IllegalArgumentException.class, model::block).getMessage());
    }

    private static String quoted(String text) {
        return text.replace('`', '"');
    }
}
