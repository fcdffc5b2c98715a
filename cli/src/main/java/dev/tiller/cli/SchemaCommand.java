package dev.tiller.cli;

import dev.tiller.finetune.job.JobSchema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tiller schema}: the JSON Schema of job files. */
@Command(
        name = "schema",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the JSON Schema of the jobs of train and finetune.",
            "Editors complete and check a job that begins with"
                    + " '# yaml-language-server: $schema=FILE'."
        })
final class SchemaCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(JobSchema.text());
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}
