package dev.tiller.cli;

import dev.tiller.cli.run.EngineSettings;
import dev.tiller.zoo.ModelDirectory;
import dev.tiller.zoo.ModelExport;
import dev.tiller.zoo.ModelZoo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiller models export}: writes a model to a folder of its own. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Writes a model to a new folder, as safetensors or as an ONNX graph.",
            "A graph is held against the network first; the card tells the largest differences."
        })
final class ModelExportCommand implements Callable<Integer> {
    /** What to write. */
    enum Format {
        ONNX,
        SAFETENSORS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "Model, or model folder.")
    private String name;

    @Parameters(index = "1", paramLabel = "OUT", description = "The folder to make.")
    private Path out;

    @Option(names = "--format", required = true, description = "onnx or safetensors.")
    private Format format;

    @Override
    public Integer call() throws IOException {
        EngineSettings.configure(1);
        ModelDirectory model = ModelZoo.find(name);
        ModelDirectory written =
                format == Format.ONNX
                        ? ModelExport.onnx(model, out)
                        : ModelExport.safeTensors(model, out);
        PrintWriter printer = spec.commandLine().getOut();
        String card = written.card();
        int section = card.indexOf(ModelExport.SECTION);
        if (section >= 0) {
            printer.print(card.substring(section));
        }
        printer.println("wrote " + out);
        printer.flush();
        return ExitCode.OK;
    }
}
