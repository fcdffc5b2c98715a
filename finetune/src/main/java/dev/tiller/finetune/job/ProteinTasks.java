package dev.tiller.finetune.job;

import dev.tiller.finetune.data.BackboneTable;
import dev.tiller.finetune.data.Groups;
import dev.tiller.finetune.data.Mutants;
import dev.tiller.finetune.data.Split;
import dev.tiller.finetune.data.StabilityTable;
import dev.tiller.finetune.objective.InverseFolding;
import dev.tiller.finetune.objective.LetterBaselines;
import dev.tiller.finetune.objective.Stability;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.sampler.Philox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Training on proteins: their sequences given their backbones, and the stability of mutants. */
final class ProteinTasks {
    private final TrainingJob job;
    private final ProteinSettings settings;
    private final Consumer<String> log;

    ProteinTasks(TrainingJob job, Consumer<String> log) {
        this.job = job;
        this.settings = new ProteinSettings(job);
        this.log = log;
    }

    /** A denoiser of sequences. */
    Task inverseFolding() throws IOException {
        BackboneTable.Backbones table = read().distinct();
        told(table);
        List<Backbone> all = table.backbones();
        Groups groups = groups(all);
        Split split = split(groups);
        List<Backbone> training = select(all, split.training());
        List<Backbone> tested = select(all, split.test());
        InverseFolding objective = objective(training, select(all, split.validation()));
        InverseFolding test = objective(training, tested);
        Task.Report report =
                (network, steps, manager) -> {
                    Map<String, Double> numbers = new LinkedHashMap<>();
                    test.validate(network, manager)
                            .metrics()
                            .forEach((name, value) -> numbers.put("test_" + name, value));
                    LetterBaselines.of(training, tested)
                            .forEach((name, value) -> numbers.put("test_" + name, value));
                    return numbers;
                };
        Map<String, Object> data = sizes(split, groups);
        data.put("residues of the training proteins", residues(training));
        notes(table, data);
        return new Task(objective, 0, report, data);
    }

    private InverseFolding objective(List<Backbone> training, List<Backbone> held) {
        return new InverseFolding(training, held, settings.options(), new Philox(job.seed()));
    }

    /** A reward: the change of stability. */
    Task stability() throws IOException {
        BackboneTable.Backbones backbones = read();
        told(backbones);
        Path file = Examples.table(job);
        StabilityTable.Proteins table =
                StabilityTable.read(file, settings.columns(), backbones.backbones());
        List<Mutants> all = table.proteins();
        log.accept(
                "read "
                        + mutants(all)
                        + " mutants of "
                        + all.size()
                        + " proteins of "
                        + table.read()
                        + " rows from "
                        + file);
        table.dropped().forEach((why, count) -> log.accept("dropped " + count + " rows: " + why));
        Groups groups = groups(all.stream().map(Mutants::backbone).toList());
        if (job.data().part() != null) {
            int[] parts = groups.parts(job.data().part().of());
            int[] kept =
                    IntStream.range(0, parts.length)
                            .filter(i -> parts[i] == job.data().part().index())
                            .toArray();
            all = select(all, kept);
            groups = groups.select(kept);
        }
        Split split = split(groups);
        List<Mutants> training = select(all, split.training());
        List<Mutants> tested = select(all, split.test());
        Stability objective =
                new Stability(
                        training,
                        select(all, split.validation()),
                        settings.mutants(),
                        new Philox(job.seed()));
        Task.Report report =
                (network, steps, manager) -> {
                    Map<String, Double> numbers = new TreeMap<>();
                    objective
                            .evaluate(network, tested, manager)
                            .forEach((name, value) -> numbers.put("test_" + name, value));
                    return numbers;
                };
        Map<String, Object> data = sizes(split, groups);
        data.put("mutants of the training proteins", mutants(training));
        data.put("mutants of the test proteins", mutants(tested));
        data.put("rows of the table", table.read());
        table.dropped().forEach((why, count) -> data.put("rows dropped, " + why, count));
        data.put("test proteins", names(tested));
        return new Task(objective, 0, report, data);
    }

    private static String names(List<Mutants> proteins) {
        return String.join(", ", proteins.stream().map(one -> one.backbone().name()).toList());
    }

    /**
     * The backbones that proteins are designed for in reward backpropagation.
     *
     * @param training those that a batch goes round
     * @param validation those of validations
     */
    record Targets(List<Backbone> training, List<Backbone> validation) {}

    /** Splits the backbones as inverse folding does, then leaves long ones out. */
    Targets targets() throws IOException {
        BackboneTable.Backbones table =
                BackboneTable.read(existing(), settings.minLength(), ProteinSettings.MAX_LENGTH)
                        .distinct();
        told(table);
        List<Backbone> all = table.backbones();
        Split split = split(groups(all));
        Targets targets =
                new Targets(
                        shortOf(select(all, split.training())),
                        shortOf(select(all, split.validation())));
        if (targets.training().isEmpty() || targets.validation().isEmpty()) {
            throw new IllegalArgumentException(
                    "data.max_length must leave backbones for training and validation, got "
                            + settings.maxLength());
        }
        return targets;
    }

    private List<Backbone> shortOf(List<Backbone> backbones) {
        return backbones.stream().filter(b -> b.length() <= settings.maxLength()).toList();
    }

    private BackboneTable.Backbones read() throws IOException {
        return BackboneTable.read(existing(), settings.minLength(), settings.maxLength());
    }

    private List<Path> existing() {
        for (Path file : settings.files()) {
            JobChecks.requireThat(
                    file.toFile().isFile(),
                    "data.backbones",
                    "be files, of which the card of the job names the source",
                    file);
        }
        return settings.files();
    }

    private void told(BackboneTable.Backbones table) {
        log.accept("read " + table.backbones().size() + " of " + table.read() + " backbones");
        table.dropped().forEach((why, count) -> log.accept("dropped " + count + ": " + why));
        if (table.missingResidues() > 0) {
            log.accept("left out " + table.missingResidues() + " residues that lack an atom");
        }
    }

    private Groups groups(List<Backbone> backbones) {
        return Groups.homologous(
                backbones.stream().map(Backbone::sequence).toList(), settings.identity());
    }

    private Split split(Groups groups) {
        boolean[] all = new boolean[groups.rows()];
        Arrays.fill(all, true);
        Split split =
                Split.of(
                        groups,
                        all,
                        JobRunner.or(job.data().validation(), 0.1),
                        JobRunner.or(job.data().test(), 0.1),
                        new Philox(settings.splitSeed()));
        int held = Math.min(split.validation().length, split.test().length);
        if (Math.min(split.training().length, held) == 0) {
            throw new IllegalArgumentException(
                    "data.validation and data.test must leave proteins for each part, got "
                            + sizes(split, groups)
                            + "; give more proteins or other shares");
        }
        return split;
    }

    private static <T> List<T> select(List<T> all, int[] rows) {
        return Arrays.stream(rows).mapToObj(all::get).toList();
    }

    private static int mutants(List<Mutants> proteins) {
        return proteins.stream().mapToInt(Mutants::size).sum();
    }

    private static int residues(List<Backbone> backbones) {
        return backbones.stream().mapToInt(Backbone::length).sum();
    }

    private static Map<String, Object> sizes(Split split, Groups groups) {
        Map<String, Object> sizes = new LinkedHashMap<>();
        sizes.put("training proteins", split.training().length);
        sizes.put("validation proteins", split.validation().length);
        sizes.put("number of test proteins", split.test().length);
        sizes.put("groups of homologous proteins, each in one part", groups.count());
        return sizes;
    }

    private static void notes(BackboneTable.Backbones table, Map<String, Object> data) {
        data.put("backbones of the files", table.read());
        table.dropped().forEach((why, count) -> data.put("dropped, " + why, count));
        if (table.missingResidues() > 0) {
            data.put("residues left out, which lack an atom", table.missingResidues());
        }
    }
}
