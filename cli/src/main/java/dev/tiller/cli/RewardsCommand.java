package dev.tiller.cli;

import dev.tiller.rewards.RewardOption;
import dev.tiller.rewards.Rewards;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiller rewards}: what rewards there are. */
@Command(
        name = "rewards",
        mixinStandardHelpOptions = true,
        description = "Lists and describes rewards.")
final class RewardsCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        list();
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the rewards.")
    void list() {
        Rewards rewards = Rewards.load();
        PrintWriter out = spec.commandLine().getOut();
        for (String name : rewards.names()) {
            out.printf(Locale.ROOT, "%-18s %s%n", name, rewards.provider(name).description());
        }
        out.flush();
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Prints a reward's options.")
    void show(@Parameters(paramLabel = "NAME", description = "The reward.") String name) {
        Rewards rewards = Rewards.load();
        PrintWriter out = spec.commandLine().getOut();
        out.println(name + ": " + rewards.provider(name).description());
        for (RewardOption option : rewards.describe(name)) {
            out.printf(
                    Locale.ROOT,
                    "  %-14s %-28s default: %s%n",
                    option.name(),
                    option.type(),
                    option.defaultValue());
        }
        out.flush();
    }
}
