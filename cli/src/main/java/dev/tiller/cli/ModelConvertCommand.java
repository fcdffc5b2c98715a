package dev.tiller.cli;

import dev.tiller.cli.run.EngineSettings;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelConversion;
import dev.tiller.zoo.ModelDirectory;
import dev.tiller.zoo.weights.Selection;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiller models convert}: makes a model folder of a published file. */
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Makes a model folder of a checkpoint (PyTorch .pt or .pth, Lightning .ckpt,"
                + " safetensors), a TorchScript module or an ONNX graph. No Python is needed, and"
                + " nothing in the file is executed.",
            "Architecture and settings are found out from names and shapes where these tell."
        })
final class ModelConvertCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "IN", description = "The file to convert.")
    private Path in;

    @Parameters(index = "1", paramLabel = "OUT", description = "The folder to make.")
    private Path out;

    @Option(names = "--name", description = "The model's name (default: that of the folder).")
    private String name;

    @Option(
            names = "--kind",
            description = "denoiser, reward or value (default: by the architecture).")
    private ModelConfig.Kind kind;

    @Option(names = "--architecture", description = "The architecture (default: found out).")
    private String architecture;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting of the architecture, such as heads=12. Repeatable.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--alphabet", description = "The letters, in order (default: ACGT).")
    private String alphabet;

    @Option(names = "--length", description = "The length of the sequences.")
    private Integer length;

    @Option(
            names = "--schedule",
            description =
                    "Noise of a denoiser: log-linear, cosine, cosine-squared, linear or geometric"
                            + " (default: log-linear).")
    private String schedule;

    @Option(
            names = "--schedule-option",
            paramLabel = "KEY=VALUE",
            description = "eps, sigma_min or sigma_max. Repeatable.")
    private Map<String, Double> scheduleOptions = new TreeMap<>();

    @Option(names = "--time-conditioning", description = "The denoiser is told the noise.")
    private boolean timeConditioning;

    @Option(names = "--label", description = "The class to ask a guided denoiser for.")
    private Integer label;

    @Option(
            names = "--weights",
            defaultValue = "raw",
            description = "raw, or ema for the moving average (default: raw).")
    private Selection.Source weights;

    @Option(names = "--section", description = "The part of a checkpoint that holds the weights.")
    private String section;

    @Option(names = "--prefix", description = "Take only names with this prefix, and drop it.")
    private String prefix;

    @Option(names = "--mean", description = "Mean of the target in its unit (default: 0).")
    private Double mean;

    @Option(names = "--std", description = "Standard deviation of the target (default: 1).")
    private Double std;

    @Option(names = "--channels-first", description = "A module takes letters as [B, K, L].")
    private boolean channelsFirst;

    @Option(names = "--sigma", description = "A module takes the noise but was trained with 0.")
    private boolean sigma;

    @Option(names = "--source", description = "Where the file comes from, for the card.")
    private String source;

    @Option(names = "--licence", description = "The licence of the weights, for the card.")
    private String licence;

    @Override
    public Integer call() throws IOException {
        EngineSettings.configure(1);
        ModelDirectory model = new ModelConversion(in, request()).write(out);
        ModelConfig config = model.config();
        PrintWriter printer = spec.commandLine().getOut();
        printer.printf(
                Locale.ROOT,
                "%s: %s, %s %s%n",
                config.name(),
                config.kind(),
                config.architecture(),
                config.architectureConfig());
        printer.println("wrote " + out);
        printer.flush();
        return ExitCode.OK;
    }

    private ModelConversion.Request request() {
        ModelConfig.Target target =
                mean == null && std == null
                        ? null
                        : new ModelConfig.Target(mean == null ? 0 : mean, std == null ? 1 : std);
        if (schedule == null && !scheduleOptions.isEmpty()) {
            throw new IllegalArgumentException(
                    "--schedule must be given with --schedule-option, got " + scheduleOptions);
        }
        return new ModelConversion.Request(
                name,
                kind,
                architecture,
                settings,
                alphabet,
                length,
                schedule == null ? null : new ModelConfig.Schedule(schedule, scheduleOptions),
                timeConditioning,
                label,
                target,
                new Selection(weights, Optional.ofNullable(section), Optional.ofNullable(prefix)),
                channelsFirst,
                sigma,
                source,
                licence);
    }
}
