package dev.tiller.cli;

import dev.tiller.zoo.registry.Places;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tiller}. */
@Command(
        name = "tiller",
        mixinStandardHelpOptions = true,
        versionProvider = Tiller.Version.class,
        description = "Steers diffusion models: guided sampling and reward fine-tuning.",
        subcommands = {
            SampleCommand.class,
            CompareCommand.class,
            ScoreCommand.class,
            EvaluateCommand.class,
            PlotCommand.class,
            TrainCommand.class,
            FinetuneCommand.class,
            SchemaCommand.class,
            ModelsCommand.class,
            RewardsCommand.class,
            DoctorCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:success",
            "1:the run failed",
            "2:invalid arguments or input",
            "130:interrupted; the run can be resumed"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tiller sample --out runs/first",
            "  tiller sample --method best-of-n --num 256 --out runs/best",
            "  tiller compare --methods best-of-n,smc,svdd-pm --budget-denoiser-rows 20000",
            "  tiller score --reward mrl designs.fasta",
            "  tiller models show rna-utr5",
            "  tiller doctor"
        })
public final class Tiller implements Runnable {
    @Spec private CommandSpec spec;

    @Option(
            names = "--stacktrace",
            scope = CommandLine.ScopeType.INHERIT,
            description = "Print the stack trace of an error.")
    private boolean stacktrace;

    /**
     * Runs the command line and exits.
     *
     * @param arguments the arguments
     */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /**
     * Returns the command line, ready to execute.
     *
     * @return a new command line
     */
    public static CommandLine commandLine() {
        return commandLine(Places.ofSystem());
    }

    /** Returns a command line that looks for files elsewhere. */
    static CommandLine commandLine(Places places) {
        Tiller tiller = new Tiller();
        CommandLine line = new CommandLine(tiller, new Factory(places));
        Labels.register(line);
        return line.setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Tiller::usageError)
                .setExecutionExceptionHandler(
                        (error, command, result) ->
                                Failures.report(error, command, tiller.stacktrace));
    }

    /** One line for what was wrong, instead of the whole usage text. */
    private static int usageError(ParameterException error, String[] arguments) {
        CommandLine command = error.getCommandLine();
        command.getErr().println("tiller: " + error.getMessage());
        command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** Makes commands, handing the places to those that want them. */
    private record Factory(Places places) implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            try {
                return type.getDeclaredConstructor(Places.class).newInstance(places);
            } catch (NoSuchMethodException e) {
                return CommandLine.defaultFactory().create(type);
            }
        }
    }

    /** Reads the version that the build wrote. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws Exception {
            Properties build = new Properties();
            try (InputStream in =
                    Tiller.class.getResourceAsStream("/dev/tiller/cli/build.properties")) {
                build.load(in);
            }
            return new String[] {"tiller " + build.getProperty("tiller")};
        }
    }
}
