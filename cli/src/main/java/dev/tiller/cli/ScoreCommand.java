package dev.tiller.cli;

import dev.tiller.cli.evaluate.MoleculeSets;
import dev.tiller.cli.run.EngineSettings;
import dev.tiller.cli.run.JudgedReward;
import dev.tiller.rewards.Breakdown;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Notation;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.composition.RewardSpec;
import dev.tiller.rewards.sequence.Fasta;
import dev.tiller.zoo.Backend;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiller score}: scores the sequences of a FASTA file, or molecules. */
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Scores sequences or molecules; prints a tab-separated table on stdout.",
            "A composed reward has a column for each raw and each transformed score, NaN where a"
                    + " filter made it needless."
        })
final class ScoreCommand implements Callable<Integer> {
    @Spec private CommandSpec command;

    @Option(
            names = "--reward",
            required = true,
            paramLabel = "NAME|FILE.yaml",
            description = "The reward, or a file that composes one.")
    private String name;

    @Option(
            names = "--reward-option",
            paramLabel = "KEY=VALUE",
            description = "Option of the reward; see 'tiller rewards show NAME'. Repeatable.")
    private Map<String, String> options = new LinkedHashMap<>();

    @Option(
            names = "--plugins",
            paramLabel = "JAR",
            split = ",",
            description = "Jars with rewards of your own. Repeatable.")
    private List<String> plugins;

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

    @Parameters(
            paramLabel = "FILE",
            description =
                    "FASTA of sequences, or SMILES (a molecule and its name on each line) or SDF"
                            + " for a reward of molecules; plain or gzipped.")
    private Path file;

    @Override
    public Integer call() throws Exception {
        EngineSettings.configure(1);
        RewardSpec spec = RewardFiles.spec(name, options);
        RewardContext context =
                new RewardContext(EngineSettings.device(device, backend), backend.toString());
        try (JudgedReward judged = JudgedReward.open(spec, plugins, context)) {
            Reward reward = judged.reward();
            List<Row> rows = rows(reward);
            Designs designs = new Designs(rows.stream().map(Row::design).toList());
            Breakdown scores = reward.breakdown(designs);
            double[] referees = judged.judge(designs);
            List<String> titles = new ArrayList<>(List.of("id", JudgedReward.name(spec)));
            if (referees != null) {
                titles.add("referee");
            }
            titles.addAll(reward.columns());
            print(titles, rows, scores, referees);
        }
        return ExitCode.OK;
    }

    /** A design and its name. */
    private record Row(String id, String design) {}

    private List<Row> rows(Reward reward) throws IOException {
        return reward.notation() == Notation.SMILES
                ? MoleculeSets.lines(file).stream()
                        .map(line -> new Row(line.name(), line.smiles()))
                        .toList()
                : Fasta.read(file, reward.letters()).stream()
                        .map(record -> new Row(record.id(), record.sequence()))
                        .toList();
    }

    private void print(List<String> titles, List<Row> rows, Breakdown scores, double[] referees) {
        PrintWriter out = command.commandLine().getOut();
        out.println(String.join("\t", titles));
        for (int i = 0; i < rows.size(); i++) {
            out.printf(Locale.ROOT, "%s\t%.4f", rows.get(i).id(), scores.scores()[i]);
            if (referees != null) {
                out.printf(Locale.ROOT, "\t%.4f", referees[i]);
            }
            for (double value : scores.values()[i]) {
                out.printf(Locale.ROOT, "\t%.4f", value);
            }
            out.println();
        }
        out.flush();
    }
}
