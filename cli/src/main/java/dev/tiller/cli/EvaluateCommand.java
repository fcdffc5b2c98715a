package dev.tiller.cli;

import dev.tiller.cli.evaluate.ClassAccuracy;
import dev.tiller.cli.evaluate.DesignSet;
import dev.tiller.cli.evaluate.Evaluation;
import dev.tiller.cli.evaluate.EvaluationFiles;
import dev.tiller.cli.evaluate.EvaluationTable;
import dev.tiller.cli.evaluate.GcShare;
import dev.tiller.cli.evaluate.KmerCorrelation;
import dev.tiller.cli.evaluate.Letters;
import dev.tiller.cli.evaluate.Likelihood;
import dev.tiller.cli.evaluate.Measure;
import dev.tiller.cli.evaluate.MoleculeSets;
import dev.tiller.cli.evaluate.Reference;
import dev.tiller.cli.evaluate.RewardScores;
import dev.tiller.cli.evaluate.SequenceModel;
import dev.tiller.cli.evaluate.SetArgument;
import dev.tiller.cli.evaluate.SetReader;
import dev.tiller.cli.evaluate.Variety;
import dev.tiller.cli.run.EngineSettings;
import dev.tiller.cli.run.JudgedReward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.sequence.Nucleotides;
import dev.tiller.zoo.Backend;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiller evaluate}: how good sets of designs are, in one table. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Measures sets of designs: reward and referee, likeness to a reference, likelihood,"
                    + " variety, novelty.",
            "Prints a table; writes it, a row for each seed and pictures. docs/evaluate.md says"
                    + " what the columns are."
        })
final class EvaluateCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "[LABEL=]SET[,SET...]",
            arity = "0..*",
            description =
                    "FASTA files, SMILES files (.smi) and run folders; several after one label are"
                            + " seeds of a method.")
    private List<String> sets = new ArrayList<>();

    @ArgGroup(validate = false, order = 10, heading = "%nSets sampled here:%n")
    private ModelSetFlags models = new ModelSetFlags();

    @ArgGroup(validate = false, order = 20, heading = "%nJudges:%n")
    private JudgeFlags judges = new JudgeFlags();

    @ArgGroup(validate = false, order = 30, heading = "%nReference:%n")
    private ReferenceFlags references = new ReferenceFlags();

    @Option(
            names = "--seed",
            description = "Seed of the sets sampled here and of the likelihood (default: 0).")
    private Long seed;

    @Option(names = "--threads", description = "Worker threads (default: all processors).")
    private Integer threads;

    @Option(
            names = "--device",
            defaultValue = "auto",
            description = "auto, cpu or gpu:N (default: auto).")
    private String device;

    @Option(
            names = "--backend",
            defaultValue = "auto",
            description = "auto, pytorch or onnx: the engine of inference (default: auto).")
    private Backend backend;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "runs/evaluate",
            description = "Folder of table and pictures (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--quiet", description = "No progress.")
    private boolean quiet;

    @Override
    public Integer call() throws Exception {
        EngineSettings.configure(1);
        List<SetArgument> files = sets.stream().map(SetArgument::parse).toList();
        check(files);
        if (MoleculeSets.areMolecules(files)) {
            return molecules(files);
        }
        EvaluationFiles written = new EvaluationFiles(out);
        Backend ofRewards = backend == Backend.ONNX ? Backend.AUTO : backend;
        String resolved = EngineSettings.device(device, backend);
        RewardContext context = new RewardContext(resolved, ofRewards.toString());
        SequenceModel.Engine engine =
                new SequenceModel.Engine(
                        backend,
                        resolved,
                        threads == null ? Runtime.getRuntime().availableProcessors() : threads);
        try (JudgedReward reward = judges.openReward(context);
                JudgedReward classReward = judges.openClassReward(context);
                SequenceModel pretrained = openPretrained(engine)) {
            Parts parts = new Parts(reward, classReward, pretrained, references.read());
            List<DesignSet> all = read(files, parts);
            Plan plan = plan(parts);
            plan.evaluation().require(all);
            all.addAll(models.sample(firstSeed(), engine, letters(parts), pretrained, this::say));
            requireSameSpelling(all, parts);
            EvaluationTable table =
                    plan.evaluation().run(all, set -> say("evaluating " + set.source()));
            print(table, written, parts, plan.kmers());
        }
        return ExitCode.OK;
    }

    /** Molecules have other measures; options that belong to sequences are refused. */
    private Integer molecules(List<SetArgument> files) throws Exception {
        judges.refuseSequences();
        references.refuseSequences();
        if (!models.arguments().isEmpty()) {
            throw new IllegalArgumentException(
                    "--model is sampled here for sequences alone; sample molecules with 'tiller"
                            + " sample --method unguided' and name the run");
        }
        EvaluationFiles written = new EvaluationFiles(out);
        RewardContext context =
                new RewardContext(EngineSettings.device(device, backend), backend.toString());
        try (JudgedReward reward = judges.openReward(context)) {
            EvaluationTable table =
                    MoleculeEvaluation.run(files, reward, references.file(), this::say);
            print(table, written, new Parts(reward, null, null, null), null);
        }
        return ExitCode.OK;
    }

    /** What judges, each null where it was not asked for. */
    private record Parts(
            JudgedReward reward,
            JudgedReward classReward,
            SequenceModel pretrained,
            Reference reference) {}

    /** What is measured; the words are drawn, too, and null without a reference. */
    private record Plan(Evaluation evaluation, KmerCorrelation kmers) {}

    private void check(List<SetArgument> files) {
        judges.check();
        references.check();
        models.check();
        boolean random = judges.pretrained() != null || !models.arguments().isEmpty();
        UnusedOptions.refuse("--seed", seed, random, "--model or --pretrained");
        List<SetArgument> all = new ArrayList<>(files);
        all.addAll(models.arguments());
        if (all.isEmpty()) {
            throw new IllegalArgumentException(
                    "a set must be given, got none; name FASTA files, run folders or a --model");
        }
        Set<String> labels = new HashSet<>();
        for (SetArgument argument : all) {
            if (!labels.add(argument.label())) {
                throw new IllegalArgumentException(
                        "labels must differ, got '"
                                + argument.label()
                                + "' twice; write LABEL=SET, or LABEL=SET,SET for two seeds");
            }
        }
    }

    private long firstSeed() {
        return seed == null ? 0 : seed;
    }

    private SequenceModel openPretrained(SequenceModel.Engine engine) {
        return judges.pretrained() == null ? null : SequenceModel.open(judges.pretrained(), engine);
    }

    private List<DesignSet> read(List<SetArgument> files, Parts parts) throws IOException {
        List<DesignSet> read = new ArrayList<>();
        for (SetArgument argument : files) {
            read.addAll(SetReader.read(argument, letters(parts)));
        }
        requireSameSpelling(read, parts);
        return read;
    }

    private void requireSameSpelling(List<DesignSet> read, Parts parts) {
        if (parts.reference() != null) {
            for (DesignSet set : read) {
                Letters.requireSameSpelling(
                        set, parts.reference().best(), references.file().toString());
            }
        }
    }

    /** Letters that everything that reads designs knows. */
    private String letters(Parts parts) {
        List<String> alphabets = new ArrayList<>(List.of(Letters.ANY));
        if (parts.reward() != null) {
            alphabets.add(parts.reward().reward().letters());
        }
        if (parts.classReward() != null) {
            alphabets.add(parts.classReward().reward().letters());
        }
        if (parts.pretrained() != null) {
            alphabets.add(parts.pretrained().alphabet());
        }
        if (references.scansMotifs()) {
            alphabets.add(Nucleotides.LETTERS);
        }
        return Letters.shared(alphabets);
    }

    private Plan plan(Parts parts) throws IOException {
        List<Measure> measures = new ArrayList<>();
        KmerCorrelation kmers = null;
        if (parts.reference() != null) {
            kmers = references.kmers(parts.reference());
            measures.add(kmers);
        }
        if (references.scansMotifs()) {
            measures.add(references.motifs(parts.reference()));
        }
        if (parts.pretrained() != null) {
            measures.add(new Likelihood(parts.pretrained(), judges.likelihood(firstSeed())));
        }
        if (parts.classReward() != null) {
            measures.add(new ClassAccuracy(parts.classReward().reward(), judges.classThreshold()));
        }
        measures.add(new Variety());
        if (parts.reference() != null) {
            measures.add(references.novelty(parts.reference()));
        }
        measures.add(new GcShare());
        RewardScores scores = parts.reward() == null ? null : new RewardScores(parts.reward());
        return new Plan(new Evaluation(scores, measures), kmers);
    }

    private void say(String line) {
        if (!quiet) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(line);
            err.flush();
        }
    }

    private void print(
            EvaluationTable table, EvaluationFiles written, Parts parts, KmerCorrelation kmers)
            throws IOException {
        String text = table.markdown();
        if (parts.reference() != null) {
            text += "\nReference: " + parts.reference().note() + ".\n";
        }
        String judge = parts.reward() == null ? null : new RewardScores(parts.reward()).judge();
        List<Path> files = written.write(table, text, judge, kmers);
        PrintWriter print = spec.commandLine().getOut();
        print.print(text);
        files.forEach(file -> print.println("wrote " + file));
        print.flush();
    }
}
