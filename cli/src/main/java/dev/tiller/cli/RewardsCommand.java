package dev.tiller.cli;

import dev.tiller.cli.run.JudgedReward;
import dev.tiller.rewards.RewardOption;
import dev.tiller.rewards.Rewards;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiller rewards}: what rewards there are. */
@Command(
        name = "rewards",
        mixinStandardHelpOptions = true,
        description = "Lists and describes rewards.")
final class RewardsCommand implements Runnable {
    @Spec private CommandSpec spec;

    /** Where rewards come from. */
    private static final class Source {
        @Option(
                names = "--plugins",
                paramLabel = "JAR",
                split = ",",
                description = "Jars with rewards of your own. Repeatable.")
        private List<String> plugins;

        private Rewards load() {
            return JudgedReward.load(plugins);
        }
    }

    @Override
    public void run() {
        list(new Source());
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the rewards.")
    void list(@Mixin Source source) {
        PrintWriter out = spec.commandLine().getOut();
        try (Rewards rewards = source.load()) {
            int width = widest(rewards.names());
            for (String name : rewards.names()) {
                out.println(padded(name, width) + "  " + rewards.provider(name).description());
            }
        }
        out.flush();
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Prints a reward's options.")
    void show(
            @Mixin Source source,
            @Parameters(paramLabel = "NAME", description = "The reward.") String name) {
        PrintWriter out = spec.commandLine().getOut();
        try (Rewards rewards = source.load()) {
            out.println(name + ": " + rewards.provider(name).description());
            List<RewardOption> options = rewards.describe(name);
            int names = widest(options.stream().map(RewardOption::name).toList());
            int types = widest(options.stream().map(RewardOption::type).toList());
            for (RewardOption option : options) {
                out.println(
                        "  "
                                + padded(option.name(), names)
                                + "  "
                                + padded(option.type(), types)
                                + "  default: "
                                + option.defaultValue());
            }
        }
        out.flush();
    }

    private static int widest(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(0);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
