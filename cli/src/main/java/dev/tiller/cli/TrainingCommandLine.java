package dev.tiller.cli;

import dev.tiller.cli.run.EngineSettings;
import dev.tiller.cli.train.BatchPlan;
import dev.tiller.cli.train.JobProcess;
import dev.tiller.cli.train.Outcome;
import dev.tiller.cli.train.PlannedJob;
import dev.tiller.cli.train.ProgressNote;
import dev.tiller.cli.train.RunLog;
import dev.tiller.cli.train.TrainingBatch;
import dev.tiller.finetune.TrainingListener;
import dev.tiller.finetune.job.JobFolder;
import dev.tiller.finetune.job.JobRunner;
import dev.tiller.zoo.Devices;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;

/** Runs the jobs of {@code tiller train} and {@code tiller finetune}. */
final class TrainingCommandLine {
    private static final Pattern PLAIN = Pattern.compile("[\\w./:=,+@%-]+");

    private final CommandSpec spec;
    private final TrainingFlags flags;
    private final BatchPlan.Trade trade;
    private final PrintWriter out;
    private final PrintWriter err;

    TrainingCommandLine(CommandSpec spec, TrainingFlags flags, BatchPlan.Trade trade) {
        this.spec = spec;
        this.flags = flags;
        this.trade = trade;
        this.out = spec.commandLine().getOut();
        this.err = spec.commandLine().getErr();
    }

    int run() throws Exception {
        flags.check();
        EngineSettings.configure(flags.threadsPerJob());
        List<PlannedJob> jobs = BatchPlan.of(flags.files, flags.overrides, flags.out, trade);
        if (flags.dryRun) {
            out.print(TrainingBatch.dryRun(jobs, flags.existing()));
            out.flush();
            return ExitCode.OK;
        }
        try (Interruption interruption = new Interruption(resume(), err)) {
            TrainingBatch batch =
                    new TrainingBatch(flags.existing(), interruption::requested, this::say);
            batch.check(jobs);
            if (jobs.size() == 1 && flags.parallel == 1) {
                alone(jobs.get(0), interruption);
                interruption.finished();
                return ExitCode.OK;
            }
            TrainingBatch.Run run = job -> train(job, interruption);
            if (flags.parallel > 1) {
                interruption.finishesFirst(); // the processes write their checkpoints
                run = new JobProcess(trade.command(), childOptions());
            }
            List<Outcome> outcomes = batch.run(jobs, flags.parallel, run);
            out.print(TrainingBatch.table(outcomes));
            out.flush();
            int exit = exitCode(outcomes);
            if (exit != Failures.INTERRUPTED) {
                interruption.finished();
            }
            return exit;
        }
    }

    private void alone(PlannedJob job, Interruption interruption) throws Exception {
        if (flags.existing().resume() && JobFolder.finished(job.folder())) {
            say(job.folder() + " is finished; use --overwrite to train it again");
        } else {
            train(job, interruption);
        }
        out.println("wrote " + job.folder().resolve("model"));
        out.flush();
    }

    private static int exitCode(List<Outcome> outcomes) {
        List<Outcome.State> states = outcomes.stream().map(Outcome::state).toList();
        if (states.stream().allMatch(state -> state == Outcome.State.REFUSED)) {
            return ExitCode.USAGE;
        }
        if (states.contains(Outcome.State.INTERRUPTED)
                || states.contains(Outcome.State.NOT_STARTED)) {
            return Failures.INTERRUPTED;
        }
        return states.stream().anyMatch(Outcome.State::wrong) ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    /** Trains one job in this process. */
    private void train(PlannedJob planned, Interruption interruption) throws Exception {
        Path folder = planned.folder();
        boolean made = Files.notExists(folder);
        JobFolder.open(
                folder, planned.job(), flags.existing().resume(), flags.existing().overwrite());
        try {
            run(planned, interruption);
        } catch (IllegalArgumentException e) {
            if (made) {
                JobFolder.discard(folder);
            }
            throw e;
        }
    }

    private void run(PlannedJob planned, Interruption interruption) throws Exception {
        Path folder = planned.folder();
        try (RunLog log = new RunLog(folder, this::say);
                Progress progress = new Progress("training", err, flags.quiet)) {
            try {
                new JobRunner(
                                planned.job(),
                                Devices.parse(EngineSettings.device(flags.device)),
                                listener(progress, interruption, log),
                                log)
                        .run(folder);
            } catch (Exception | OutOfMemoryError e) {
                log.ended(e);
                throw e;
            }
        } finally {
            interruption.endsAtOnce();
        }
    }

    private void say(String line) {
        if (!flags.quiet) {
            synchronized (err) {
                err.println(line);
                err.flush();
            }
        }
    }

    private static TrainingListener listener(
            Progress progress, Interruption interruption, RunLog log) {
        ProgressNote note = new ProgressNote();
        return new TrainingListener() {
            @Override
            public void stepDone(TrainingListener.Progress at, long maxSteps) {
                interruption.finishesFirst();
                progress.at(at.step(), maxSteps, note.of(at, maxSteps));
            }

            @Override
            public void note(String line) {
                log.accept(line);
            }

            @Override
            public boolean interrupted() {
                return interruption.requested();
            }
        };
    }

    private List<String> childOptions() {
        List<String> options = new ArrayList<>();
        options.add("--of-batch");
        options.add("--threads");
        options.add(Integer.toString(flags.threadsPerJob()));
        options.add("--device");
        options.add(flags.device);
        if (flags.existing().resume()) {
            options.add("--resume");
        }
        if (flags.existing().overwrite()) {
            options.add("--overwrite");
        }
        return options;
    }

    /** The command that goes on with all of this. */
    private String resume() {
        if (flags.ofBatch) {
            return "the command of the batch and --resume";
        }
        List<String> words = new ArrayList<>(List.of("tiller", trade.command()));
        flags.files.forEach(file -> words.add(file.toString()));
        flags.overrides.forEach(set -> words.addAll(List.of("--set", set)));
        if (flags.out != null) {
            words.addAll(List.of("--out", flags.out.toString()));
        }
        for (String option : List.of("--threads", "--device", "--parallel")) {
            Object given = spec.commandLine().getParseResult().matchedOptionValue(option, null);
            if (given != null) {
                words.addAll(List.of(option, given.toString()));
            }
        }
        return Stream.concat(words.stream(), Stream.of("--resume"))
                .map(TrainingCommandLine::quoted)
                .collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
