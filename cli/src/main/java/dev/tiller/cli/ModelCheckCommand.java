package dev.tiller.cli;

import dev.tiller.cli.run.EngineSettings;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.Devices;
import dev.tiller.zoo.ModelCheck;
import dev.tiller.zoo.ModelDirectory;
import dev.tiller.zoo.ModelZoo;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiller models check}: loads a model and runs it. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Loads a model, runs one batch of random inputs and says what was seen.")
final class ModelCheckCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "Name of a model, or a model folder.")
    private String name;

    @Option(
            names = "--backend",
            defaultValue = "auto",
            description = "auto, pytorch or onnx: the engine of inference (default: auto).")
    private Backend backend;

    @Option(
            names = "--device",
            defaultValue = "auto",
            description = "auto, cpu or gpu:N (default: auto).")
    private String device;

    @Override
    public Integer call() {
        EngineSettings.configure(1);
        ModelDirectory model = ModelZoo.find(name);
        ModelCheck check =
                ModelCheck.run(
                        model,
                        backend,
                        Devices.parse(EngineSettings.device(device, backend), backend));
        PrintWriter out = spec.commandLine().getOut();
        line(out, "model", model.config().name());
        line(out, "kind", model.config().kind() + ", " + model.config().architecture());
        line(out, "backend", check.engine());
        check.inputs().forEach(input -> line(out, "input", input));
        check.outputs().forEach(output -> line(out, "output", output));
        if (check.parameters() > 0) {
            line(out, "parameters", String.format(Locale.ROOT, "%,d", check.parameters()));
        }
        line(out, "sha256", check.digest());
        line(
                out,
                "speed",
                String.format(
                        Locale.ROOT,
                        "%.2f ms a call on one thread, %,.0f rows/s",
                        check.millisecondsPerCall(),
                        check.rowsPerSecond()));
        out.flush();
        return ExitCode.OK;
    }

    private static void line(PrintWriter out, String key, String value) {
        out.printf(Locale.ROOT, "%-12s%s%n", key, value);
    }
}
