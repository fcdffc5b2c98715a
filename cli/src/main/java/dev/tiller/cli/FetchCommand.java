package dev.tiller.cli;

import dev.tiller.zoo.registry.Fetcher;
import dev.tiller.zoo.registry.Places;
import dev.tiller.zoo.registry.Registry;
import dev.tiller.zoo.registry.RemoteModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiller models fetch}: the only command that opens a connection. */
@Command(
        name = "fetch",
        mixinStandardHelpOptions = true,
        description = {
            "Fetches a model that 'tiller models list' calls remote, and verifies its checksums.",
            "An interrupted fetch goes on where it stopped. Proxies are named to Java: put"
                    + " -Dhttps.proxyHost=HOST -Dhttps.proxyPort=PORT into TILLER_JAVA_OPTS."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the model is there",
            "1:it could not be fetched, or was not what was listed",
            "2:invalid arguments or input"
        })
final class FetchCommand implements Callable<Integer> {
    private final Places places;

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "The model; see 'tiller models list'.")
    private String name;

    @Option(
            names = "--to",
            paramLabel = "DIR",
            description =
                    "Folder to make the model's folder in (default: your own folder of models,"
                            + " where commands find it by name).")
    private Path to;

    @Option(
            names = "--force",
            description = "Replace a folder of that name that holds something else.")
    private boolean force;

    @Option(names = "--quiet", description = "No progress on stderr.")
    private boolean quiet;

    FetchCommand(Places places) {
        this.places = places;
    }

    @Override
    public Integer call() throws IOException {
        RemoteModel model = new Registry(places).remote(name);
        Path parent = to == null ? places.models() : to;
        PrintWriter err = spec.commandLine().getErr();
        try (Progress progress = new Progress("fetch " + name, err, quiet)) {
            Fetcher fetcher = new Fetcher(Fetcher.Options.DEFAULTS);
            report(model, fetcher.fetch(model, parent, force, progress::at));
        } catch (FileSystemException e) {
            String reason =
                    e instanceof AccessDeniedException ? "permission denied" : e.getReason();
            throw new IOException(
                    "cannot write "
                            + e.getFile()
                            + ": "
                            + (reason == null ? e.getClass().getSimpleName() : reason)
                            + "; choose another folder with --to",
                    e);
        }
        return ExitCode.OK;
    }

    private void report(RemoteModel model, Fetcher.Fetched fetched) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                (fetched.anew() ? "fetched " : "already there: ")
                        + model.name()
                        + " in "
                        + fetched.folder());
        out.println("licence: " + model.licence());
        boolean byName = places.searchPath().contains(fetched.folder().getParent());
        if (model.isModelFolder()) {
            out.println("use it with: --model " + (byName ? model.name() : fetched.folder()));
        } else {
            Path file = fetched.folder().resolve(model.files().get(0).path());
            out.println(
                    "this is a published checkpoint, not a model folder; one of GDSS is used as it"
                            + " is, with: --model "
                            + (byName ? model.name() : file)
                            + "; make a folder of another with: tiller models convert");
        }
        out.flush();
    }
}
