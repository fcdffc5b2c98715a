package dev.tiller.finetune.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tiller.finetune.TrainingOptions;
import dev.tiller.finetune.optimizer.AdamW;
import dev.tiller.finetune.optimizer.LearningRate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One sound recipe of each objective, and what it must not be changed to. */
class JobChecksTest {
    private static String refusal(String recipe, String... overrides) throws IOException {
        Path file = Path.of("..", "recipes", recipe + ".yaml");
        TrainingJob job = JobFile.read(file, Arrays.asList(overrides));
        return assertThrows(IllegalArgumentException.class, () -> JobRunner.check(job))
                .getMessage();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    rna-utr5             | data.roll_outs=5              | data.roll_outs
                    rna-utr5             | data.label_column=mrl         | data.label_column
                    rna-utr5             | data.reward=mrl               | data.reward
                    rna-utr5             | model.referee=x               | model.referee
                    rna-utr5-mrl         | data.teacher=x                | data.teacher
                    rna-utr5-mrl         | data.generator=x              | data.generator
                    rna-utr5-mrl         | data.steps=5                  | data.steps
                    rna-utr5-mrl         | model.schedule={name: cosine} | model.schedule
                    rna-utr5-mrl         | model.time_conditioning=true  | model.time_conditioning
                    rna-utr5-mrl         | model.value_networks.mrl=x    | model.value_networks
                    rna-utr5-mrl         | training.time_sampling=importance | training.time_sampling
                    rna-utr5-mrl-referee | data.roll_outs=5              | data.roll_outs
                    rna-utr5-mrl-referee | data.states_per_roll_out=5    | data.states_per_roll_out
                    rna-utr5-mrl-value   | data.table=x                  | data.table
                    rna-utr5-mrl-value   | data.test=0.1                 | data.test
                    rna-utr5-mrl-value   | data.candidates=5             | data.candidates
                    rna-utr5-mrl-value   | data.where.medium=[a]         | data.where
                    rna-utr5-mrl-value   | data.groups=similar           | data.groups
                    rna-utr5-mrl-referee | data.part={index: 0, of: 2}   | data.part
                    rna-utr5-mrl-referee | data.held_out_where.set=[a]   | data.held_out_where
                    rna-utr5-mrl         | data.classes=[a]              | data.classes
                    rna-utr5-mrl         | data.class_dropout=0.1        | data.class_dropout
                    rna-utr5-mrl         | model.time_conditioning=true  | model.time_conditioning
                    rna-utr5             | data.class_dropout=0.1        | data.class_dropout
                    rna-utr5-mrl-value   | data.teacher=x                | data.teacher
                    rna-utr5-mrl-value   | model.referee=x               | model.referee
                    rna-utr5             | data.buffer.every=5           | data.buffer
                    rna-utr5             | data.backbones=[a]            | data.backbones
                    rna-utr5             | data.sign=-1                  | data.sign
                    rna-utr5             | protein.mutants=3             | protein
                    rna-utr5             | model.init=x                  | model.init
                    rna-utr5             | training.batch_tokens=9       | training.batch_tokens
                    rna-utr5             | training.loss=linex           | training.loss
                    rna-utr5-mrl         | training.loss=linex           | training.loss
                    rna-utr5-mrl         | training.temperature=0.3      | training.temperature
                    """)
    void refusesWhatTheObjectiveDoesNotUse(String recipe, String override, String key)
            throws IOException {
        String objective =
                switch (recipe) {
                    case "rna-utr5" -> "masked_nelbo";
                    case "rna-utr5-mrl" -> "regression";
                    case "rna-utr5-mrl-referee" -> "distillation";
                    default -> "soft_value";
                };
        assertEquals(
                key + " is not used by objective " + objective + "; leave it out",
                refusal(recipe, override));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    rna-utr5             | data.table=             | data.table (objective masked_nelbo)
                    rna-utr5             | model.schedule=         | model.schedule (objective masked_nelbo)
                    rna-utr5             | model.config=           | model.config (objective masked_nelbo)
                    rna-utr5             | model.config=[1]        | model.config (objective masked_nelbo)
                    rna-utr5             | model.alphabet=         | model.alphabet (objective masked_nelbo)
                    rna-utr5             | model.architecture=     | model.architecture (objective masked_nelbo)
                    rna-utr5             | model=                  | model (objective masked_nelbo)
                    rna-utr5             | data=                   | data (objective masked_nelbo)
                    rna-utr5             | training=               | training.max_steps (objective masked_nelbo)
                    rna-utr5             | training.max_steps=     | training.max_steps (objective masked_nelbo)
                    rna-utr5             | objective=              | objective
                    rna-utr5-mrl         | data.table=             | data.table (objective regression)
                    rna-utr5-mrl         | data.label_column=      | data.label_column (objective regression)
                    rna-utr5-mrl-referee | data.teacher=           | data.teacher (objective distillation)
                    rna-utr5-mrl-referee | data.random_sequences=  | data.random_sequences (objective distillation)
                    rna-utr5-mrl-referee | data.generator=         | data.generator (objective distillation)
                    rna-utr5-mrl-referee | data.reward=            | data.reward (objective distillation)
                    rna-utr5-mrl-referee | data.label_column=      | data.label_column (objective distillation)
                    rna-utr5-mrl-value   | data.generator=         | data.generator (objective soft_value)
                    rna-utr5-mrl-value   | data.reward=            | data.reward (objective soft_value)
                    rna-utr5-mrl-value   | data.roll_outs=         | data.roll_outs (objective soft_value)
                    """)
    void asksForWhatIsMissing(String recipe, String override, String key) throws IOException {
        assertEquals("job '" + recipe + "' must give " + key, refusal(recipe, override));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    name=                          | job must give name (objective masked_nelbo)
                    name=My Model                  | name must start with a letter or digit and hold only a-z, 0-9 and '.', '-', '_', '=', '+', got My Model
                    name=../x                      | name must start with a letter or digit and hold only a-z, 0-9 and '.', '-', '_', '=', '+', got ../x
                    model.architecture=resnet      | unknown architecture 'resnet'; known architectures: conv-gru, dna-conv, enformer, gdss, mdlm-dit, optimus, protein-mpnn
                    model.config.filters=3         | unknown key 'filters' in the configuration of dna-conv; known keys: hidden, stacks, clean_tokens, classes, classifier, dropout
                    model.config.hidden=3          | configuration of dna-conv: hidden must be even, >= 2, got 3
                    model.config.classes=3         | model.config.classes must be the number of data.classes, 0, got 3
                    model.alphabet=ACG             | model.alphabet must have 4 different letters, as the network has, got ACG
                    model.alphabet=ACGG            | model.alphabet must have 4 different letters, as the network has, got ACGG
                    model.config.clean_tokens=5    | model.alphabet must have 5 different letters, as the network has, got ACGT
                    data.validation=0              | data.validation must be above 0, got 0.0
                    data.groups=alike              | data.groups must be none, similar or column:NAME, got alike
                    data.groups='column:'          | data.groups must be none, similar or column:NAME, got column:
                    data.where={medium: []}        | data.where.medium must list one value or more, got []
                    data.held_out_where={set: }    | data.held_out_where.set must list one value or more, got null
                    data.part={of: 2}              | job 'rna-utr5' must give data.part.index (objective masked_nelbo)
                    data.part={index: 2, of: 2}    | data.part.index must be from 0 to 1, got 2
                    data.part={index: 0, of: 0}    | data.part.of must be at least 1, got 0
                    data.test=0                    | data.test must be above 0, got 0.0
                    data.test=0.95                 | data.validation and data.test must be below 1 together, got 1.05
                    training.max_steps=0           | max_steps must be at least 1, got 0
                    training.learning_rate=-1      | learning_rate must be above 0, got -1.0
                    training.ema_decay=1           | ema_decay must be in [0, 1), got 1.0
                    training.beta2=1               | beta1 and beta2 must be in [0, 1), got 0.9 and 1.0
                    training.decay=exponential     | training.decay must be one of constant, cosine, linear, got 'exponential'
                    training.optimizer=sgd         | training.optimizer must be one of adamw, adam, got 'sgd'
                    training.time_sampling=uniform | training.time_sampling must be one of antithetic, importance, change_of_variables, got 'uniform'
                    """)
    void namesTheRule(String override, String error) throws IOException {
        assertEquals(error, refusal("rna-utr5", override));
    }

    @Test
    void scoreEntropyIsAnObjectiveOfDenoisers() throws IOException {
        String objective = "objective=score_entropy";
        JobRunner.check(
                JobFile.read(Path.of("..", "recipes", "rna-utr5.yaml"), List.of(objective)));
        assertEquals(
                "training.time_sampling is not used by objective score_entropy; leave it out",
                refusal("rna-utr5", objective, "training.time_sampling=importance"));
        assertEquals(
                "job 'rna-utr5' must give model.schedule (objective score_entropy)",
                refusal("rna-utr5", objective, "model.schedule="));
        assertEquals(
                "model.architecture must be mdlm-dit or dna-conv, no classifier, for objective"
                        + " score_entropy, got optimus",
                refusal("rna-utr5", objective, "model.architecture=optimus", "model.config={}"));
        assertEquals(
                "model.architecture must be conv-gru, optimus or dna-conv with classifier: true and"
                        + " classes: 1 for objective regression, got mdlm-dit",
                refusal("rna-utr5-mrl", "model.architecture=mdlm-dit", "model.config={}"));
    }

    @Test
    void readsOptimizerAndDecay() throws IOException {
        Path recipe = Path.of("..", "recipes", "rna-utr5.yaml");
        TrainingOptions preset = JobRunner.options(JobFile.read(recipe, List.of()));
        assertEquals(AdamW.Decay.DECOUPLED, preset.adam().decay());
        List<String> changes =
                List.of(
                        "training.optimizer=adam",
                        "training.weight_decay=0.25",
                        "training.decay=linear");
        TrainingOptions changed = JobRunner.options(JobFile.read(recipe, changes));
        assertEquals(AdamW.Decay.IN_GRADIENT, changed.adam().decay());
        assertEquals(0.25, changed.adam().weightDecay());
        assertEquals(LearningRate.Shape.LINEAR, changed.learningRate().shape());
    }

    @Test
    void linexNeedsATemperatureAndLeastSquaresNone() throws IOException {
        String recipe = "rna-utr5-mrl-value";
        assertEquals(
                "training.loss linex must have training.temperature, got none; give the tau of the"
                        + " decoder, in the unit of the reward",
                refusal(recipe, "training.loss=linex"));
        assertEquals(
                "training.temperature must be above 0 and finite, got 0.0",
                refusal(recipe, "training.loss=linex", "training.temperature=0"));
        assertEquals(
                "training.temperature is not used by training.loss least_squares; leave it out, or"
                        + " give training.loss linex",
                refusal(recipe, "training.temperature=0.3"));
        assertEquals(
                "training.loss must be one of least_squares, linex, got 'mse'",
                refusal(recipe, "training.loss=mse"));
    }

    @Test
    void aBufferStandsForTheRollOuts() throws IOException {
        String recipe = "rna-utr5-mrl-value";
        String none = "data.roll_outs=";
        assertEquals(
                "data.roll_outs is not used with data.buffer, which makes its own trajectories;"
                        + " leave one of them out",
                refusal(recipe, "data.buffer={trajectories: 8, refresh: 2, every: 5}"));
        assertEquals(
                "job 'rna-utr5-mrl-value' must give data.buffer.every (objective soft_value)",
                refusal(recipe, none, "data.buffer={trajectories: 8, refresh: 2}"));
        assertEquals(
                "data.buffer.refresh must be in [1, 8], got 9",
                refusal(recipe, none, "data.buffer={trajectories: 8, refresh: 9, every: 5}"));
        assertEquals(
                "data.buffer.every must be at least 1, got 0",
                refusal(recipe, none, "data.buffer={trajectories: 8, refresh: 8, every: 0}"));
    }

    @Test
    void asksForANetworkThatFitsTheObjective() throws IOException {
        String[] dnaConv = {"model.architecture=dna-conv", "model.config={}"};
        assertEquals(
                "model.architecture must be conv-gru, optimus or dna-conv with classifier: true and"
                        + " classes: 1 for objective regression, got dna-conv",
                refusal("rna-utr5-mrl", dnaConv));
        assertEquals(
                "model.architecture must be mdlm-dit or dna-conv, no classifier, for objective"
                        + " masked_nelbo, got optimus",
                refusal("rna-utr5", "model.architecture=optimus", "model.config={}"));
    }

    @Test
    void classesAreAColumnAndItsDifferentValues() throws IOException {
        String two = "model.config.classes=2";
        assertEquals(
                "job 'rna-utr5' must give data.label_column (objective masked_nelbo)",
                refusal("rna-utr5", two, "data.classes=[a, b]"));
        String column = "data.label_column=source";
        assertEquals(
                "data.classes must list different values, got [a, a]",
                refusal("rna-utr5", two, column, "data.classes=[a, a]"));
        assertEquals(
                "model.config.classes must be the number of data.classes, 3, got 2",
                refusal("rna-utr5", two, column, "data.classes=[a, b, c]"));
        assertEquals(
                "data.class_dropout must be in [0, 1), got 1.0",
                refusal("rna-utr5", two, column, "data.classes=[a, b]", "data.class_dropout=1"));
        assertEquals(
                "job 'rna-utr5-mrl' must give data.classes (objective classification)",
                refusal("rna-utr5-mrl", "objective=classification"));
        assertEquals(
                "job 'rna-utr5-mrl' must give data.label_column (objective classification)",
                refusal(
                        "rna-utr5-mrl",
                        "objective=classification",
                        "data.label_column=",
                        "data.classes=[a]"));
    }

    @Test
    void refusesCountsBelowTheLeast() throws IOException {
        assertEquals(
                "data.roll_outs must be at least 1, got 0",
                refusal("rna-utr5-mrl-value", "data.roll_outs=0"));
        assertEquals(
                "data.states_per_roll_out must be at least 1, got 0",
                refusal("rna-utr5-mrl-value", "data.states_per_roll_out=0"));
        for (String key : List.of("random_sequences", "candidates", "steps")) {
            assertEquals(
                    "data." + key + " must be at least 1, got 0",
                    refusal("rna-utr5-mrl-referee", "data." + key + "=0"));
        }
        for (String key : List.of("generated_sequences", "guided_sequences", "teacher_output")) {
            assertEquals(
                    "data." + key + " must be at least 0, got -1",
                    refusal("rna-utr5-mrl-referee", "data." + key + "=-1"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    data.sequence_column=x          | data.sequence_column is not used by objective score_matching; leave it out
                    data.classes=[a]                | data.classes is not used by objective score_matching; leave it out
                    model.alphabet=ACGT             | model.alphabet is not used by objective score_matching; leave it out
                    model.schedule={name: cosine}   | model.schedule is not used by objective score_matching; leave it out
                    model.pretrained=x              | model.pretrained is not used by objective score_matching; leave it out
                    training.loss=linex             | training.loss is not used by objective score_matching; leave it out
                    training.time_sampling=importance | training.time_sampling is not used by objective score_matching; leave it out
                    reward=qed                      | reward is not used by objective score_matching; leave it out
                    stop.max_kl=1                   | stop is not used by objective score_matching; leave it out
                    data.smiles_column=smiles       | data.smiles_column must be left out for a file of SMILES, which has no columns, got smiles
                    data.table=                     | job 'molecule-qm9' must give data.table (objective score_matching)
                    model.graph=                    | job 'molecule-qm9' must give model.graph (objective score_matching)
                    model.graph.x.sde=              | job 'molecule-qm9' must give model.graph.x.sde (objective score_matching)
                    model.architecture=dna-conv     | model.architecture must be gdss for objective score_matching, got dna-conv
                    model.graph.nodes=8             | model.graph.nodes must be model.config.nodes, 9, got 8
                    model.graph.atoms=[C, N, O]     | model.graph.atoms must list as many different elements as model.config.features, 4, got [C, N, O]
                    model.graph.atoms=[C, N, O, C]  | model.graph.atoms must list as many different elements as model.config.features, 4, got [C, N, O, C]
                    model.graph.adj.sde=vpp         | model.graph.adj: unknown stochastic differential equation 'vpp'; known equations: [vp, ve, sub-vp]
                    model.graph.x.parameterisation=z | model.graph.x.parameterisation must be one of score, noise, clean, velocity, got 'z'
                    model.graph.sampling.snr=0      | model.graph: graph.sampling.snr of a model must be positive, got 0.0
                    score_matching.weighting=some   | score_matching.weighting must be one of noise, likelihood, output, got 'some'
                    score_matching.times=importance | score_matching.times must be uniform or antithetic unless the weighting is likelihood, got importance
                    score_matching.reduce=max       | score_matching.reduce must be one of sum, mean, got 'max'
                    data.test=0                     | data.test must be above 0, got 0.0
                    """)
    void refusesWhatScoreMatchingCannotUse(String override, String message) throws IOException {
        assertEquals(message, refusal("molecule-qm9", override));
    }

    @ParameterizedTest
    @CsvSource({"score_matching.times=uniform,score_matching", "model.graph.nodes=3,model.graph"})
    void refusesScoreMatchingElsewhere(String override, String key) throws IOException {
        assertEquals(
                key + " is not used by objective regression; leave it out",
                refusal("rna-utr5-mrl", override));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    inverse-folding | data.table=x                      | data.table is not used by objective inverse_folding; leave it out
                    inverse-folding | data.part={index: 0, of: 2}       | data.part is not used by objective inverse_folding; leave it out
                    inverse-folding | data.groups=similar               | data.groups is not used by objective inverse_folding; leave it out
                    inverse-folding | protein.mutants=3                 | protein.mutants is not used by objective inverse_folding; leave it out
                    inverse-folding | model.referee=x                   | model.referee is not used by objective inverse_folding; leave it out
                    inverse-folding | training.time_sampling=importance | training.time_sampling is not used by objective inverse_folding; leave it out
                    inverse-folding | data.backbones=                   | job 'protein-inverse-folding' must give data.backbones (objective inverse_folding)
                    inverse-folding | data.backbones=[]                 | job 'protein-inverse-folding' must give data.backbones (objective inverse_folding)
                    inverse-folding | model.schedule=                   | job 'protein-inverse-folding' must give model.schedule (objective inverse_folding)
                    inverse-folding | model.architecture=optimus        | model.architecture must be protein-mpnn for objective inverse_folding, got optimus
                    inverse-folding | model.config.head=score           | model.config.head must be letters for objective inverse_folding, got score
                    inverse-folding | model.config.autoregressive=true  | model.config.autoregressive must be false, got true
                    inverse-folding | model.config.classes=2            | model.config.classes must be 0, got 2
                    inverse-folding | model.config.letters=21           | model.config.letters must be 22, the alphabet and the mask, got 21
                    inverse-folding | model.alphabet=ACGT               | model.alphabet must be ACDEFGHIKLMNPQRSTVWYX, got ACGT
                    inverse-folding | protein.loss=some                 | protein.loss must be one of all, masked, nelbo, got 'some'
                    inverse-folding | protein.loss=nelbo                | protein.label_smoothing must be 0 or left out for protein.loss nelbo, got 0.1
                    inverse-folding | protein.label_smoothing=-1        | protein.label_smoothing must be at least 0, got -1.0
                    inverse-folding | protein.normaliser=0              | protein.normaliser must be above 0, got 0.0
                    inverse-folding | protein.backbone_noise=-1         | protein.backbone_noise must be at least 0, got -1.0
                    inverse-folding | training.batch_tokens=0           | training.batch_tokens must be at least 1, got 0
                    inverse-folding | data.max_length=9                 | data.max_length must be at least data.min_length, 30, got 9
                    inverse-folding | data.min_length=0                 | data.min_length must be at least 1, got 0
                    inverse-folding | data.identity=0                   | data.identity must be in (0, 1], got 0.0
                    inverse-folding | data.test=0                       | data.test must be above 0, got 0.0
                    stability       | training.batch_tokens=9           | training.batch_tokens is not used by objective stability; leave it out
                    stability       | protein.loss=all                  | protein.loss is not used by objective stability; leave it out
                    stability       | model.schedule={name: cosine}     | model.schedule is not used by objective stability; leave it out
                    stability       | data.table=                       | job 'protein-stability' must give data.table (objective stability)
                    stability       | data.label_column=                | job 'protein-stability' must give data.label_column (objective stability)
                    stability       | model.config.head=letters         | model.config.head must be score or change for objective stability, got letters
                    stability       | data.sign=2                       | data.sign must be 1 or -1, got 2
                    stability       | data.part.index=2                 | data.part.index must be from 0 to 1, got 2
                    stability       | protein.mutants=0                 | protein.mutants must be at least 1, got 0
                    """)
    void checksJobsOfProteins(String recipe, String override, String error) throws IOException {
        assertEquals(error, refusal("protein-" + recipe, override));
    }
}
