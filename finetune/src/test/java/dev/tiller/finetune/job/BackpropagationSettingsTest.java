package dev.tiller.finetune.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.finetune.TrainingOptions;
import dev.tiller.finetune.backpropagation.BackpropagationOptions;
import dev.tiller.finetune.backpropagation.BackpropagationOptions.KlSteps;
import dev.tiller.finetune.backpropagation.Divergence;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackpropagationSettingsTest {
    private static final String JOB =
            """
            name: tuned
            objective: reward_backpropagation
            model: {pretrained: rna-utr5}
            reward: mrl
            backpropagation: {kl_weight: 0.1}
            training: {max_steps: 10}
            """;

    @TempDir private Path folder;

    private TrainingJob job(String... overrides) throws Exception {
        Path file = Files.writeString(folder.resolve("job.yaml"), JOB);
        return JobFile.read(file, List.of(overrides));
    }

    @Test
    void defaultsAreThoseOfTheJavadoc() throws Exception {
        TrainingJob job = job();
        JobChecks.check(job);
        BackpropagationOptions options = new BackpropagationSettings(job).options();
        assertEquals(1, options.temperature().at(9));
        assertEquals(128, options.truncation());
        assertEquals(Divergence.STEP, options.kl());
        assertEquals(KlSteps.ALL, options.klSteps());
        TrainingOptions training = JobRunner.options(job);
        assertEquals(32, training.batchSize());
        assertEquals(1e-4, training.learningRate().at(0));
        assertEquals(0, training.emaDecay());
        assertEquals(20, training.validateEvery());
    }

    @Test
    void readsAllKeys() throws Exception {
        TrainingJob job =
                job(
                        "backpropagation={steps: 64, truncation: 20, temperature: 1,"
                                + " last_temperature: 0.25, copy_temperature: 0.5, kl: path,"
                                + " kl_weight: 0.2, kl_warmup: 4, kl_steps: differentiated}",
                        "training.accumulate=3",
                        "stop={designs: 16, max_kl: 5, min_diversity: 0.3}");
        JobChecks.check(job);
        BackpropagationOptions options = new BackpropagationSettings(job).options();
        assertEquals(64, options.steps());
        assertEquals(20, options.truncation());
        assertEquals(1, options.temperature().at(0));
        assertEquals(0.25, options.temperature().at(9), 1e-12);
        assertEquals(0.5, options.copyTemperature().getAsDouble());
        assertEquals(Divergence.PATH, options.kl());
        assertEquals(0.05, options.klWeight().at(0), 1e-12);
        assertEquals(0.2, options.klWeight().at(9), 1e-12);
        assertEquals(KlSteps.DIFFERENTIATED, options.klSteps());
        assertEquals(3, options.batchesPerStep());
        assertEquals(
                5, new BackpropagationSettings(job).validation(null, null).maxKl().getAsDouble());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model.pretrained=                 | job 'tuned' must give model.pretrained",
                "model.alphabet=ACGT               | model.alphabet is not used by objective",
                "data={table: x}                   | data.table is not used by objective",
                "reward=                           | job 'tuned' must give reward",
                "backpropagation=                  | must give backpropagation.kl_weight",
                "backpropagation.kl=none           | kl_weight is not used by objective",
                "backpropagation.kl=forward        | must be one of none, step, path, reference",
                "backpropagation.kl_weight=-1      | backpropagation: KL weight must be at least 0",
                "backpropagation.truncation=129    | truncation must be in [1, 128]",
                "backpropagation.temperature=0     | temperature must be above 0",
                "backpropagation.kl_steps=some     | must be one of all, differentiated",
                "stop.designs=1                    | stop: designs of a validation",
                "training.time_sampling=antithetic | training.time_sampling is not used",
                "training.loss=linex               | training.loss is not used",
                "training.max_steps=               | must give training.max_steps",
            })
    void refuses(String override, String message) throws Exception {
        TrainingJob job = job(override);
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> JobChecks.check(job));
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
    }
}
