package dev.tiller.cli;

import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelZoo;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiller models}: what models there are. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        description = "Lists and describes models.",
        subcommands = {ModelCheckCommand.class, ModelExportCommand.class})
final class ModelsCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        list();
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists the built-in models.")
    void list() {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(Locale.ROOT, "%-24s %-9s %-10s %s%n", "model", "kind", "network", "designs");
        for (String name : ModelZoo.names()) {
            ModelConfig config = ModelZoo.find(name).config();
            out.printf(
                    Locale.ROOT,
                    "%-24s %-9s %-10s %d letters of %s%n",
                    name,
                    config.kind(),
                    config.architecture(),
                    config.length(),
                    config.alphabet());
        }
        out.flush();
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Prints a model's card.")
    void show(
            @Parameters(paramLabel = "NAME", description = "Built-in model or model folder.")
                    String name) {
        spec.commandLine().getOut().print(ModelZoo.card(name));
        spec.commandLine().getOut().flush();
    }
}
