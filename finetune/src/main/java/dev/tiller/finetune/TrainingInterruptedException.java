package dev.tiller.finetune;

/** Training was asked to stop, and did after writing a checkpoint. */
public final class TrainingInterruptedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param step the step of the checkpoint
     */
    public TrainingInterruptedException(long step) {
        this("interrupted after step " + step + "; a checkpoint was written");
    }

    /**
     * Creates the exception of a run in another process.
     *
     * @param message where its checkpoint is, in one line
     */
    public TrainingInterruptedException(String message) {
        super(message);
    }
}
