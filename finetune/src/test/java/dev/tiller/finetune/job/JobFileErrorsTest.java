package dev.tiller.finetune.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
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

/** The one line that a user sees: file and line, or the override, then the key and the cure. */
class JobFileErrorsTest {
    private static final String JOB =
            """
            name: x
            objective: regression
            seed: 1
            model:
              architecture: optimus
              alphabet: ACGT
            data:
              table: t.tsv
            training:
              max_steps: 3
            card:
              sources: [a, b]
            """;
    private static final String TRAINING_KEYS =
            "; known keys: accumulate, batch_size, batch_tokens, beta1, beta2, clip_groups,"
                + " clip_norm, decay, ema_decay, epsilon, keep_checkpoints, learning_rate, loss,"
                + " max_steps, optimizer, patience, temperature, time_sampling, validate_every,"
                + " warmup_steps, weight_decay";

    @TempDir private Path folder;

    private String refusal(String text, String... overrides) throws IOException {
        Path file = Files.writeString(folder.resolve("job.yaml"), text);
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> JobFile.read(file, List.of(overrides)))
                .getMessage()
                .replace(file.toString(), "FILE");
    }

    @Test
    void namesTheLineAndTheNearestKey() throws IOException {
        String expected = "unknown key 'max_step'" + TRAINING_KEYS + " (did you mean 'max_steps'?)";
        String text = JOB.replace("max_steps", "max_step");
        assertEquals("FILE:10: " + expected, refusal(text));
        // an override elsewhere hides neither
        assertEquals("FILE:10: " + expected, refusal(text, "seed=4"));
        assertEquals("--set training.max_step=4: " + expected, refusal(JOB, "training.max_step=4"));
        assertEquals(
                "FILE:1: unknown key 'nme'; known keys: backpropagation, card, data, model, name,"
                        + " objective, out, protein, reward, score_matching, seed, stop, sweep,"
                        + " training (did you mean 'name'?)",
                refusal(JOB.replace("name:", "nme:")));
        assertEquals(
                "FILE:10: unknown key 'lr'" + TRAINING_KEYS,
                refusal(JOB.replace("max_steps", "lr")));
    }

    /** Each group of keys knows its own. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    backpropagation.truncaton=3     | truncaton       | truncation
                    backpropagation.kl_wieght=1     | kl_wieght       | kl_weight
                    stop.max_lk=3                   | max_lk          | max_kl
                    model.lora.rnk=3                | rnk             | rank
                    model.pretraned=x               | pretraned       | pretrained
                    data.part.indx=0                | indx            | index
                    data.buffer.evry=0              | evry            | every
                    data.held_out_were={a: [b]}     | held_out_were   | held_out_where
                    data.mutaton_column=x           | mutaton_column  | mutation_column
                    protein.bacbone_noise=0         | bacbone_noise   | backbone_noise
                    card.summry=x                   | summry          | summary
                    """)
    void knowsTheKeysOfEachGroup(String override, String unknown, String nearest)
            throws IOException {
        String error = refusal(JOB, override);
        assertTrue(
                error.startsWith("--set " + override + ": unknown key '" + unknown + "'"), error);
        assertTrue(error.endsWith("(did you mean '" + nearest + "'?)"), error);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    max_steps: 3          | max_steps: many   | :10: training.max_steps must be a whole number, got 'many'
                    max_steps: 3          | max_steps: 3.7    | :10: training.max_steps must be a whole number, got '3.7'
                    max_steps: 3          | max_steps: [1, 2] | :10: training.max_steps must be a whole number, got a list
                    max_steps: 3          | max_steps: true   | :10: training.max_steps must be a whole number, got 'true'
                    max_steps: 3          | decay: {a: 1}     | :10: training.decay must be text, got a group of keys
                    max_steps: 3          | beta1: high       | :10: training.beta1 must be a number, got 'high'
                    max_steps: 3          | beta1: .nan       | :10: Malformed numeric value '.nan'
                    objective: regression | objective: magic  | :2: objective must be one of masked_nelbo, score_entropy, score_matching, inverse_folding, regression, classification, stability, distillation, soft_value, reward_backpropagation, got 'magic'
                    objective: regression | objective: 1      | :2: objective must be one of masked_nelbo, score_entropy, score_matching, inverse_folding, regression, classification, stability, distillation, soft_value, reward_backpropagation, got '1'
                    seed: 1               | seed: 1.5         | :3: seed must be a whole number, got '1.5'
                    table: t.tsv          | - t.tsv           | :7: data must be a group of keys, got a list
                    sources: [a, b]       | sources: a        | :12: card.sources must be a list, got 'a'
                    alphabet: ACGT        | schedule: cosine  | :6: model.schedule must be a group of keys, got 'cosine'
                    alphabet: ACGT        | schedule: {name: log-linear, eps: 7} | :6: model.schedule: eps must be in [0, 1), got 7.0
                    alphabet: ACGT        | architecture: x   | :6: Duplicate field 'architecture'
                    seed: 1               | seed: 'x          | :13: while scanning a quoted scalar: found unexpected end of stream
                    """)
    void namesTheLineAndTheRule(String good, String bad, String error) throws IOException {
        assertEquals("FILE" + error, refusal(JOB.replace(good, bad)));
    }

    @Test
    void refusesFilesWithoutKeys() throws IOException {
        assertEquals("FILE: must hold the keys of a job, got nothing", refusal(""));
        assertEquals("FILE: must hold the keys of a job, got nothing", refusal("", "seed=1"));
        assertEquals("FILE: must hold the keys of a job, got a list", refusal("- a", "seed=1"));
        assertEquals("FILE: must hold the keys of a job, got 'hello'", refusal("hello"));
    }

    @Test
    void refusesFilesThatAreNotThere() {
        for (Path file : new Path[] {folder.resolve("none.yaml"), folder}) {
            assertEquals(
                    "job file must exist, got " + file,
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> JobFile.read(file, List.of()))
                            .getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    seed                    | --set must be path.to.key=value, got 'seed'
                    =3                      | --set must be path.to.key=value, got '=3'
                    training..max_steps=3   | --set must be path.to.key=value, got 'training..max_steps=3'
                    name.x.y=4              | --set name.x.y=4: 'name' must be a group of keys, got 'x'; set it as a whole
                    card.sources.0=b        | --set card.sources.0=b: 'sources' must be a group of keys, got a list; set it as a whole
                    training.max_steps=many | --set training.max_steps=many: training.max_steps must be a whole number, got 'many'
                    training=4              | --set training=4: training must be a group of keys, got '4'
                    name=[1                 | --set name=[1: while parsing a flow sequence: expected ',' or ']', but got <stream end>
                    model.schedule.name=x   | --set model.schedule.name=x: model.schedule: unknown noise schedule 'x'; known schedules: [log-linear, cosine, cosine-squared, linear, geometric]
                    """)
    void namesTheOverride(String override, String error) throws IOException {
        assertEquals(error, refusal(JOB, override));
    }

    @Test
    void overridesListsGroupsAndNothing() throws IOException {
        Path file = Files.writeString(folder.resolve("job.yaml"), JOB);
        TrainingJob job =
                JobFile.read(
                        file,
                        List.of(
                                "card.sources=[c, d, e]",
                                "card.summary=a = b",
                                "model.config={filters: 8}",
                                "model.config.kernel=3",
                                "data.table=",
                                "training.max_steps=4",
                                "training.max_steps=5"));
        assertEquals(List.of("c", "d", "e"), job.card().sources());
        assertEquals("a = b", job.card().summary());
        assertEquals("{\"filters\":8,\"kernel\":3}", job.model().config().toString());
        assertNull(job.data().table());
        assertEquals(5, job.training().maxSteps());
    }
}
