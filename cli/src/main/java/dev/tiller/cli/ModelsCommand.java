package dev.tiller.cli;

import dev.tiller.zoo.registry.Places;
import dev.tiller.zoo.registry.Registry;
import dev.tiller.zoo.registry.RemoteModel;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiller models}: what models there are. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        description = "Lists, describes, fetches, checks and exports models.",
        subcommands = {
            FetchCommand.class,
            ModelCheckCommand.class,
            ModelConvertCommand.class,
            ModelExportCommand.class
        })
final class ModelsCommand implements Runnable {
    private final Registry registry;

    @Spec private CommandSpec spec;

    ModelsCommand(Places places) {
        this.registry = new Registry(places);
    }

    @Override
    public void run() {
        list();
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = {
                "Lists the models: built in, in the folders of TILLER_MODELS, in your own folder,"
                        + " and those that can be fetched."
            })
    void list() {
        PrintWriter out = spec.commandLine().getOut();
        new ModelList(registry, out).print();
        out.flush();
        for (String problem : registry.remotes().problems()) {
            spec.commandLine().getErr().println("tiller: " + problem);
        }
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Prints a model's card, or what is known of one before it is fetched.")
    void show(
            @Parameters(paramLabel = "NAME", description = "Model or model folder.") String name) {
        PrintWriter out = spec.commandLine().getOut();
        Optional<RemoteModel> remote = remoteOnly(name);
        if (remote.isPresent()) {
            new ModelList(registry, out).show(remote.get());
        } else {
            out.print(registry.find(name).card());
        }
        out.flush();
    }

    private Optional<RemoteModel> remoteOnly(String name) {
        boolean here = registry.models().stream().anyMatch(model -> model.name().equals(name));
        return registry.remotes().models().stream()
                .filter(model -> !here && model.name().equals(name))
                .findFirst();
    }
}
