package dev.tiller.cli;

import dev.tiller.cli.run.EngineSettings;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import dev.tiller.rewards.sequence.Fasta;
import dev.tiller.zoo.Backend;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiller score}: scores the sequences of a FASTA file. */
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Scores sequences; prints a tab-separated table on stdout.")
final class ScoreCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(names = "--reward", required = true, description = "The reward.")
    private String name;

    @Option(
            names = "--reward-option",
            paramLabel = "KEY=VALUE",
            description = "Option of the reward; see 'tiller rewards show NAME'. Repeatable.")
    private Map<String, String> options = new LinkedHashMap<>();

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

    @Parameters(paramLabel = "FILE.fasta", description = "Sequences, plain or gzipped.")
    private Path file;

    @Override
    public Integer call() throws Exception {
        EngineSettings.configure(1);
        Rewards rewards = Rewards.load();
        rewards.provider(name);
        RewardContext context =
                new RewardContext(EngineSettings.device(device, backend), backend.toString());
        try (Reward reward = rewards.create(name, options, context)) {
            List<Fasta.Record> records = Fasta.read(file, reward.letters());
            Designs designs = new Designs(records.stream().map(Fasta.Record::sequence).toList());
            double[] scores = reward.score(designs);
            Optional<String> refereeName = reward.referee();
            double[] referees = null;
            if (refereeName.isPresent()) {
                try (Reward referee = rewards.create(refereeName.get(), Map.of(), context)) {
                    referees = referee.score(designs);
                }
            }
            print(records, scores, referees);
        }
        return ExitCode.OK;
    }

    private void print(List<Fasta.Record> records, double[] scores, double[] referees) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("id\t" + name + (referees == null ? "" : "\treferee"));
        for (int i = 0; i < scores.length; i++) {
            out.printf(Locale.ROOT, "%s\t%.4f", records.get(i).id(), scores[i]);
            if (referees != null) {
                out.printf(Locale.ROOT, "\t%.4f", referees[i]);
            }
            out.println();
        }
        out.flush();
    }
}
