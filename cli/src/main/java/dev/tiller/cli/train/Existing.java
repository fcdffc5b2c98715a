package dev.tiller.cli.train;

/**
 * What to do with folders that hold runs; they are refused unless one of the two is asked.
 *
 * @param resume go on with them; finished ones are left as they are
 * @param overwrite replace them
 */
public record Existing(boolean resume, boolean overwrite) {}
