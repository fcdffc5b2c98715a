package dev.tiller.cli.train;

import dev.tiller.finetune.job.JobResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a job of a batch ended.
 *
 * @param planned the job
 * @param state how
 * @param seconds how long it took here
 * @param error why it failed, in one line, or null
 */
public record Outcome(PlannedJob planned, State state, double seconds, String error) {
    /** How a job ended. */
    public enum State {
        /** To its end, now. */
        FINISHED,
        /** To its end, in an earlier run. */
        FINISHED_BEFORE,
        /** By an error of the run. */
        FAILED,
        /** By what was given: a file that is not there, data that do not fit. */
        REFUSED,
        /** With a checkpoint, to be resumed. */
        INTERRUPTED,
        /** Not at all. */
        NOT_STARTED;

        /**
         * Tells whether the job went wrong.
         *
         * @return true if so
         */
        public boolean wrong() {
            return this == FAILED || this == REFUSED;
        }

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        }
    }

    static Outcome of(PlannedJob planned, State state, double seconds) {
        return new Outcome(planned, state, seconds, null);
    }

    /** What the run came to, if it is finished. */
    Optional<JobResult> result() {
        if (state != State.FINISHED && state != State.FINISHED_BEFORE) {
            return Optional.empty();
        }
        Path folder = planned.folder();
        try {
            return JobResult.read(folder);
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty(); // the table then has no numbers for it
        }
    }
}
