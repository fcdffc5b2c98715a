package dev.tiller.cli;

import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.registry.FoundModel;
import dev.tiller.zoo.registry.Registry;
import dev.tiller.zoo.registry.RemoteFile;
import dev.tiller.zoo.registry.RemoteModel;
import dev.tiller.zoo.registry.Sizes;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Prints the models that are here and those that can be fetched. */
final class ModelList {
    private static final String ROW = "%-24s %-10s %-10s %-24s %s%n";
    private static final String NOTHING = "-";

    private final Registry registry;
    private final PrintWriter out;

    ModelList(Registry registry, PrintWriter out) {
        this.registry = registry;
        this.out = out;
    }

    /** Prints a table, one line for each model. */
    void print() {
        row("model", "kind", "network", "designs", "from");
        List<FoundModel> models = registry.models();
        Set<String> names = new HashSet<>();
        for (FoundModel model : models) {
            names.add(model.name());
            print(model);
        }
        for (RemoteModel model : registry.remotes().models()) {
            Optional<Path> folder = registry.fetched(model);
            String from;
            if (!names.add(model.name())) {
                // the model folder that was fetched has its own line
                if (model.isModelFolder() && folder.isPresent()) {
                    continue;
                }
                from = "remote (shadowed)";
            } else if (folder.isPresent()) {
                from = folder.get() + " (fetched)";
            } else {
                from = "remote, not fetched (" + Sizes.text(model.bytes()) + ")";
            }
            String kind = model.isModelFolder() ? NOTHING : "checkpoint";
            row(model.name(), kind, NOTHING, NOTHING, from);
        }
    }

    private void print(FoundModel model) {
        if (model.config() == null) {
            String from = model.place() + " (broken: " + model.problem() + ")";
            row(model.name(), NOTHING, NOTHING, NOTHING, from);
            return;
        }
        ModelConfig config = model.config();
        row(
                model.name(),
                config.kind().toString(),
                config.architecture(),
                designs(config),
                model.place() + (model.shadowed() ? " (shadowed)" : ""));
    }

    private static String designs(ModelConfig config) {
        if (config.graph() != null) {
            return "up to "
                    + config.graph().nodes()
                    + " of "
                    + String.join(" ", config.graph().atoms());
        }
        String length = config.length() == 0 ? "any number of" : Integer.toString(config.length());
        return length + (config.length() == 0 ? " " : " letters of ") + config.alphabet();
    }

    private void row(String name, String kind, String network, String designs, String from) {
        out.printf(Locale.ROOT, ROW, name, kind, network, designs, from);
    }

    /** Prints what is known of a model before it is fetched. */
    void show(RemoteModel model) {
        out.println(model.name() + ": " + model.description());
        out.println("  licence  " + model.licence());
        out.println("  source   " + model.source());
        for (RemoteFile file : model.files()) {
            out.println("  file     " + file.path() + ", " + file.bytes() + " bytes");
            out.println("           from " + file.url());
            out.println("           SHA-256 " + file.sha256());
        }
        Optional<Path> folder = registry.fetched(model);
        out.println(
                "  fetched  "
                        + (folder.isPresent()
                                ? folder.get().toString()
                                : "no; run: tiller models fetch " + model.name()));
    }
}
