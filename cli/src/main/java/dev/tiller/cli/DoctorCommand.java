package dev.tiller.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tiller.cli.doctor.EngineChecks;
import dev.tiller.cli.doctor.EnvironmentChecks;
import dev.tiller.cli.doctor.FolderChecks;
import dev.tiller.cli.doctor.Report;
import dev.tiller.cli.doctor.Section;
import dev.tiller.cli.doctor.SystemChecks;
import dev.tiller.cli.run.EngineSettings;
import dev.tiller.zoo.registry.Places;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tiller doctor}: what is here, and what is wrong with it. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Checks this machine: versions, engines, devices, folders, and what 'auto' chooses.",
            "Lines that begin with '!' are problems, with what to do."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:Tiller can sample here", "1:it cannot", "2:invalid arguments"})
final class DoctorCommand implements Callable<Integer> {
    private final Places places;

    @Spec private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object instead.")
    private boolean json;

    DoctorCommand(Places places) {
        this.places = places;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        EngineSettings.configure(1);
        EngineChecks engines = new EngineChecks();
        List<Section> sections = new ArrayList<>();
        sections.add(SystemChecks.tiller());
        sections.add(SystemChecks.machine());
        sections.add(engines.pytorch());
        sections.add(engines.onnxRuntime());
        sections.add(engines.devices());
        FolderChecks folders = new FolderChecks(places);
        sections.add(folders.cache());
        sections.add(folders.models());
        sections.add(EnvironmentChecks.check(places.env()));
        sections.add(
                Section.of(
                        "auto",
                        "report this",
                        facts ->
                                BackendAdvice.lines(
                                                engines.hasPyTorch(),
                                                engines.hasOnnxRuntime(),
                                                engines.gpus())
                                        .forEach(facts::line)));
        Report report = new Report(engines.hasPyTorch(), sections);
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? report.json() : report.text());
        out.flush();
        return report.canSample() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
