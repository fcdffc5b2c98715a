package dev.tiller.cli.evaluate;

import java.util.List;

/**
 * What designs are compared with.
 *
 * @param training all sequences that a model was or could have been trained on
 * @param best those of them that designs should resemble; all of them where no label says which
 * @param note in a line, where they come from and how many there are
 */
public record Reference(List<String> training, List<String> best, String note) {}
